import { expect, test } from "vitest";

import { readModelFile } from "./modelFile";

const FILE = `artifact_path: model
flavors:
  python_function:
    loader_module: mlflow.sklearn
  sklearn:
    pickled_model: model.pkl
saved_input_example_info:
  artifact_path: input_example.json
signature:
  inputs: '[{"type": "double", "name": "age", "required": true}, {"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}]'
  outputs: '[{"type": "long", "required": false}]'
  params: null
`;

test("flavors, signature and example", () => {
  expect(readModelFile(FILE)).toEqual({
    flavors: ["python_function", "sklearn"],
    inputs: [
      { name: "age", type: "double", isRequired: true },
      { name: "#2", type: "float32 [-1,3]", isRequired: true },
    ],
    outputs: [{ name: "#1", type: "long", isRequired: false }],
    params: [],
    example: "input_example.json",
  });
});

test("what is no such file is none", () => {
  expect(readModelFile("[1, 2")).toBeNull();
  expect(readModelFile("just text")).toBeNull();
  expect(readModelFile("signature:\n  inputs: '{'")).toEqual({ flavors: [], inputs: [], outputs: [], params: [], example: null });
});

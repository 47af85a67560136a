/** What a model says of itself in its MLmodel file, as MLflow writes it. */
import { parse } from "yaml";

export interface Column {
  name: string;
  type: string;
  isRequired: boolean;
}

export interface ModelFile {
  flavors: string[];
  inputs: Column[];
  outputs: Column[];
  params: Column[];
  /** Where an example of the input is, beside the file. */
  example: string | null;
}

/** Return what an MLmodel file says, or null where it is none. */
export function readModelFile(text: string): ModelFile | null {
  let found: unknown;
  try {
    found = parse(text, { maxAliasCount: 100 });
  } catch {
    return null;
  }
  if (!isObject(found)) return null;
  const signature = isObject(found["signature"]) ? found["signature"] : {};
  const example = isObject(found["saved_input_example_info"]) ? found["saved_input_example_info"]["artifact_path"] : null;
  return {
    flavors: isObject(found["flavors"]) ? Object.keys(found["flavors"]) : [],
    inputs: columnsOf(signature["inputs"]),
    outputs: columnsOf(signature["outputs"]),
    params: columnsOf(signature["params"]),
    example: typeof example === "string" ? example : null,
  };
}

function columnsOf(given: unknown): Column[] {
  if (typeof given !== "string") return [];
  let columns: unknown;
  try {
    columns = JSON.parse(given);
  } catch {
    return [];
  }
  if (!Array.isArray(columns)) return [];
  return columns.filter(isObject).map((column, at) => ({
    name: typeof column["name"] === "string" ? column["name"] : `#${at + 1}`,
    type: typeOf(column),
    isRequired: column["required"] !== false,
  }));
}

function typeOf(column: Record<string, unknown>): string {
  const tensor = column["tensor-spec"];
  if (isObject(tensor)) return `${textOf(tensor["dtype"])} ${JSON.stringify(tensor["shape"])}`;
  return textOf(column["type"] ?? column["dtype"]);
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? ""));

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

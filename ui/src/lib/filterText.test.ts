import { expect, test } from "vitest";

import { fieldOf } from "./fields";
import { placeAt, suggestionsAt, taken, typedField, withCondition } from "./filterText";

const at = (text: string) => placeAt(text.replace("|", ""), text.indexOf("|"));

test("what is wanted follows what stands before the cursor", () => {
  expect(at("|").wanted).toBe("field");
  expect(at("met|")).toMatchObject({ wanted: "field", typed: "met", from: 0, to: 3 });
  expect(at("metrics.loss |")).toMatchObject({ wanted: "operator", field: "metrics.loss" });
  expect(at("metrics.loss <|")).toMatchObject({ wanted: "operator", typed: "<" });
  expect(at("metrics.loss < |")).toMatchObject({ wanted: "value", field: "metrics.loss" });
  expect(at("metrics.loss < 0.5 |").wanted).toBe("connective");
  expect(at("metrics.loss < 0.5 AND |").wanted).toBe("field");
  expect(at("NOT (params.lr = 0.1 OR |").wanted).toBe("field");
});

test("keys in quotes, lists, BETWEEN and NULL", () => {
  expect(at("params.`a b` |")).toMatchObject({ wanted: "operator", field: "params.`a b`" });
  expect(at("tags.`half|")).toMatchObject({ wanted: "field", typed: "tags.`half" });
  expect(at("params.opt IN ('adam', |")).toMatchObject({ wanted: "value", field: "params.opt" });
  expect(at("params.opt IN ('adam') |").wanted).toBe("connective");
  expect(at("params.lr BETWEEN 1 AND |").wanted).toBe("value");
  expect(at("params.lr BETWEEN 1 AND 2 AND |").wanted).toBe("field");
  expect(at("params.lr IS NOT NULL |").wanted).toBe("connective");
  expect(at("status = 'RUN|").typed).toBe("'RUN");
});

test("whatever is typed, something is wanted", () => {
  for (const text of ["'".repeat(3), "((((", "AND AND", "= = =", "\u202e$%&", "metrics.", "params.`", '"', "x".repeat(10_000)]) {
    expect(["field", "operator", "value", "connective"]).toContain(placeAt(text, text.length).wanted);
  }
});

test("a field is quoted where it must be", () => {
  expect(typedField(fieldOf("params.train/lr"))).toBe("params.train/lr");
  expect(typedField(fieldOf("params.my `note`"))).toBe("params.`my ``note```");
  expect(typedField(fieldOf("metrics.loss.min"))).toBe("metrics.`loss.min`");
  expect(typedField(fieldOf("start_time"))).toBe("start_time");
});

test("conditions are added, and keep what was there together", () => {
  expect(withCondition("", fieldOf("params.lr"), "=", "0.1")).toBe("params.lr = 0.1");
  expect(withCondition("status = 'FAILED' OR status = 'KILLED'", fieldOf("params.opt"), "LIKE", "a'%")).toBe(
    "(status = 'FAILED' OR status = 'KILLED') AND params.opt LIKE 'a''%'",
  );
  expect(withCondition("a = 1", fieldOf("tags.t"), "IS NULL", "")).toBe("a = 1 AND tags.t IS NULL");
});

test("what begins as it was typed comes first, and is put in its place", () => {
  const fields = ["metrics.val/loss", "params.lr", "metrics.loss"].map(fieldOf);
  expect(suggestionsAt(at("metrics.l|"), fields, () => []).map(({ text }) => text)).toEqual(["metrics.loss"]);
  expect(suggestionsAt(at("loss|"), fields, () => []).map(({ text }) => text)).toEqual(["metrics.val/loss", "metrics.loss"]);
  expect(suggestionsAt(at("params.opt = 'a|"), fields, () => ["sgd", "adam"]).map(({ text }) => text)).toEqual(["'adam'"]);
  expect(taken("metrics.l < 3", placeAt("metrics.l < 3", 9), "metrics.loss")).toEqual({ text: "metrics.loss < 3", cursor: 13 });
});

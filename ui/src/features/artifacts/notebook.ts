/** Jupyter notebooks (nbformat 4): what is text or a picture in them. */

export type Output = { kind: "text" | "error"; text: string } | { kind: "image"; url: string };

export interface Cell {
  kind: "markdown" | "code" | "raw";
  source: string;
  outputs: Output[];
}

const MOST_TEXT = 20_000;

/** Return the cells of a notebook, or null where it is none. */
export function readNotebook(text: string): Cell[] | null {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(found) || !Array.isArray(found["cells"])) return null;
  return found["cells"].filter(isObject).map((cell) => ({
    kind: cell["cell_type"] === "markdown" ? "markdown" : cell["cell_type"] === "code" ? "code" : "raw",
    source: joined(cell["source"]),
    outputs: (Array.isArray(cell["outputs"]) ? cell["outputs"] : []).filter(isObject).flatMap(outputOf),
  }));
}

function outputOf(output: Record<string, unknown>): Output[] {
  if (output["output_type"] === "stream") return [{ kind: "text", text: plain(joined(output["text"])) }];
  if (output["output_type"] === "error") return [{ kind: "error", text: plain(joined(output["traceback"], "\n")) }];
  const data = output["data"];
  if (!isObject(data)) return [];
  for (const type of ["image/png", "image/jpeg"]) {
    const image = joined(data[type]).replace(/\s/g, "");
    if (image !== "" && /^[A-Za-z0-9+/=]+$/.test(image)) return [{ kind: "image", url: `data:${type};base64,${image}` }];
  }
  const text = plain(joined(data["text/plain"]));
  return text === "" ? [] : [{ kind: "text", text }];
}

/** Without the colours of terminals. */
const plain = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, "").slice(0, MOST_TEXT);

function joined(value: unknown, between = ""): string {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.filter((one) => typeof one === "string").join(between) : "";
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

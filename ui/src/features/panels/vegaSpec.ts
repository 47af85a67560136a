/** Vega-Lite specifications: what one begins as, and what of them is let through. */

/** A specification to begin with. */
export const EXAMPLE_SPEC = (metric: string): string =>
  JSON.stringify(
    {
      mark: "point",
      encoding: {
        x: { field: "start_time", type: "temporal", title: "Started" },
        y: { field: metric === "" ? "duration" : pathOf(metric), type: "quantitative", title: metric },
        color: { field: "status", type: "nominal" },
        tooltip: [{ field: "run_name", type: "nominal" }],
      },
    },
    null,
    2,
  );

/** Return how a specification names a field: `metrics.val/loss`, with a back-slash before dots of the key. */
const pathOf = (id: string): string => {
  const at = id.indexOf(".") + 1;
  return id.slice(0, at) + id.slice(at).replace(/[.[\]]/g, "\\$&");
};

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** Return a specification of a text, or what is wrong with it. */
export function readSpec(text: string): Json | Error {
  try {
    const spec: unknown = JSON.parse(text);
    if (!isObject(spec)) return new Error("A specification is a JSON object, such as {\"mark\": \"point\", \"encoding\": {…}}.");
    const url = urlIn(spec);
    if (url !== null) return new Error(`Data come from the runs of this table; the URL ${url.slice(0, 200)} is not read. Leave "data" out.`);
    return spec;
  } catch (error) {
    return new Error(`That is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Return the first URL from which data would be read. */
function urlIn(value: unknown): string | null {
  if (Array.isArray(value)) return value.map(urlIn).find((url) => url !== null) ?? null;
  if (!isObject(value)) return null;
  const { data } = value;
  if (isObject(data) && typeof data["url"] === "string") return data["url"];
  return urlIn(Object.values(value));
}

/** Return which params, metrics and tags a specification speaks of: `params.lr`, whatever stands before its dots. */
export function fieldsIn(text: string, known: readonly string[]): string[] {
  const plain = text.replace(/\\+(?=[.[\]/])/g, "");
  return known.filter((id) => plain.includes(id));
}

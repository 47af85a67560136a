/** Tables as they are logged: pandas' "split" JSON, lists of rows, CSV. */

export interface LoggedRows {
  columns: string[];
  rows: unknown[][];
  /** How many rows there are in all. */
  count: number;
}

const MOST_ROWS = 200;
const MOST_COLUMNS = 60;

/** Return the first rows of a table, or null where it is none. */
export function readTable(text: string, path: string): LoggedRows | null {
  const found = path.toLowerCase().endsWith(".json") ? fromJson(text) : fromCsv(text, path.toLowerCase().endsWith(".tsv") ? "\t" : ",");
  if (found === null) return null;
  return {
    columns: found.columns.slice(0, MOST_COLUMNS),
    rows: found.rows.slice(0, MOST_ROWS).map((row) => row.slice(0, MOST_COLUMNS)),
    count: found.rows.length,
  };
}

type Whole = Omit<LoggedRows, "count">;

function fromJson(text: string): Whole | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (Array.isArray(value)) {
    const rows = value.filter((row): row is Record<string, unknown> => typeof row === "object" && row !== null && !Array.isArray(row));
    const columns = [...new Set(rows.slice(0, MOST_ROWS).flatMap((row) => Object.keys(row)))];
    return rows.length === 0 ? null : { columns, rows: rows.map((row) => columns.map((column) => row[column])) };
  }
  if (typeof value !== "object" || value === null || !("columns" in value) || !("data" in value)) return null;
  const { columns, data } = value;
  if (!Array.isArray(columns) || !Array.isArray(data)) return null;
  return { columns: columns.map(String), rows: data.filter((row): row is unknown[] => Array.isArray(row)) };
}

function fromCsv(text: string, separator: string): Whole | null {
  const lines: string[][] = [[]];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += letter;
        at += 1;
      } else isQuoted = false;
    } else if (letter === '"') isQuoted = true;
    else if (letter === separator || letter === "\n") {
      lines.at(-1)?.push(cell);
      cell = "";
      if (letter === "\n") lines.push([]);
    } else if (letter !== "\r") cell += letter;
  }
  if (cell !== "") lines.at(-1)?.push(cell);
  const [columns, ...rows] = lines.filter((line) => line.length > 0);
  return columns === undefined ? null : { columns, rows };
}

/** How a file is shown, by the ending of its name. */

export type Kind =
  | "image"
  | "audio"
  | "video"
  | "page"
  | "markdown"
  | "json"
  | "table"
  | "text"
  | "notebook"
  | "parquet"
  | "arrow"
  | "numpy"
  | "safetensors"
  | "pdf"
  | "other";

const ENDINGS: Record<Exclude<Kind, "other">, readonly string[]> = {
  image: ["png", "jpg", "jpeg", "gif", "webp", "avif", "bmp"],
  audio: ["wav", "mp3", "ogg", "flac"],
  video: ["mp4", "webm"],
  page: ["html", "htm", "svg"],
  markdown: ["md", "markdown"],
  json: ["json"],
  notebook: ["ipynb"],
  parquet: ["parquet"],
  arrow: ["arrow", "feather", "ipc"],
  numpy: ["npy", "npz"],
  safetensors: ["safetensors"],
  pdf: ["pdf"],
  table: ["csv", "tsv"],
  // prettier-ignore
  text: [
    "txt", "log", "yaml", "yml", "toml", "ini", "py", "sh", "patch", "diff", "mlmodel", "lock", "cfg", "xml", "js", "ts", "css", "r",
    "sql", "dockerfile",
  ],
};

/** Return the ending of a file's name, or the whole of a name without one, in small letters. */
export function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return name.slice(name.lastIndexOf(".") + 1);
}

export function kindOf(path: string): Kind {
  const ending = endingOf(path);
  const kinds = Object.entries(ENDINGS) as [Exclude<Kind, "other">, readonly string[]][];
  return kinds.find(([, endings]) => endings.includes(ending))?.[0] ?? "other";
}

/** Return the rows of a CSV or TSV (RFC 4180); of a large one the first. */
export function rowsOf(text: string, separator: string, most: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length && rows.length < most; at++) {
    const letter = text[at];
    if (isQuoted) {
      if (letter !== '"') cell += letter ?? "";
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else isQuoted = false;
    } else if (letter === '"' && cell === "") isQuoted = true;
    else if (letter === separator) {
      row.push(cell);
      cell = "";
    } else if (letter === "\n") {
      row.push(cell.endsWith("\r") ? cell.slice(0, -1) : cell);
      rows.push(row);
      [row, cell] = [[], ""];
    } else cell += letter ?? "";
  }
  if (rows.length < most && (cell !== "" || row.length > 0)) rows.push([...row, cell]);
  return rows;
}

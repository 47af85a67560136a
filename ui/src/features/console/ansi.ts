/** Colours of terminals (ECMA-48, SGR), and lines of what was printed. */

export interface Span {
  text: string;
  /** `red`, `bright-blue`, … */
  colour: string | null;
  isBold: boolean;
  isDim: boolean;
}

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
// SGR is kept; other sequences would steer a terminal and are left out.
const SEQUENCE = /\u001b\[([\d;]*)m|\u001b\[[\d;?]*[A-Za-ln-z]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\^_]/g;

type Style = Omit<Span, "text">;
const PLAIN: Style = { colour: null, isBold: false, isDim: false };

/** Return a line as pieces of one style each. */
export function spansOf(line: string): Span[] {
  const spans: Span[] = [];
  let style = PLAIN;
  let from = 0;
  const add = (text: string) => {
    if (text !== "") spans.push({ text, ...style });
  };
  for (const found of line.matchAll(SEQUENCE)) {
    add(line.slice(from, found.index));
    if (found[1] !== undefined) style = styled(style, found[1]);
    from = found.index + found[0].length;
  }
  add(line.slice(from));
  return spans;
}

function styled(before: Style, codes: string): Style {
  let style = before;
  const numbers = codes.split(";").map(Number);
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at] ?? 0;
    if (code === 0) style = PLAIN;
    else if (code === 1) style = { ...style, isBold: true };
    else if (code === 2) style = { ...style, isDim: true };
    else if (code === 22) style = { ...style, isBold: false, isDim: false };
    else if (code >= 30 && code <= 37) style = { ...style, colour: COLOURS[code - 30] ?? null };
    else if (code === 39) style = { ...style, colour: null };
    else if (code >= 90 && code <= 97) style = { ...style, colour: `bright-${COLOURS[code - 90] ?? "white"}` };
    // A colour of 256 or of a space of its own: passed over with its arguments.
    else if (code === 38 || code === 48) at += numbers[at + 1] === 5 ? 2 : 4;
  }
  return style;
}

export interface Line {
  stream: "stdout" | "stderr";
  text: string;
  timestampMs: number;
}

export interface Piece {
  stream: "stdout" | "stderr";
  timestampMs: number;
  text: string;
}

/** Return the lines of pieces as a terminal shows them: a carriage return begins the line anew. */
export function linesOf(pieces: readonly Piece[]): Line[] {
  const lines: Line[] = [];
  const open = new Map<string, Line>();
  for (const { stream, timestampMs, text } of pieces) {
    const parts = text.split("\n");
    parts.forEach((part, at) => {
      let line = open.get(stream);
      if (line === undefined && (part !== "" || at < parts.length - 1)) {
        line = { stream, text: "", timestampMs };
        lines.push(line);
        open.set(stream, line);
      }
      if (line !== undefined) line.text = overwritten(line.text + part);
      if (at < parts.length - 1) open.delete(stream);
    });
  }
  return lines;
}

function overwritten(text: string): string {
  const bare = text.endsWith("\r") ? text.slice(0, -1) : text;
  const at = bare.lastIndexOf("\r");
  return at < 0 ? text : bare.slice(at + 1) + (text.endsWith("\r") ? "\r" : "");
}

/** Return a line without what steers a terminal. */
export const plainText = (text: string): string => text.replace(SEQUENCE, "");

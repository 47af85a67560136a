/** Names as they fit in a picture. */

/** Return a text on one line, not longer than so many characters, and no way out of the line for what is written from right to left. */
export function short(text: string, most = 32): string {
  const line = text.replace(/\s+/g, " ").replace(/[{}|]/g, " ").trim();
  const cut = line.length > most ? `${line.slice(0, most - 1)}…` : line;
  return /[\u0590-\u08ff\u202a-\u202e\u2066-\u2069]/.test(cut) ? `\u2068${cut}\u2069` : cut;
}

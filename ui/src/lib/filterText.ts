/** The filter language as it is typed: what is wanted where the cursor stands. */
import { type Field, STATISTICS } from "./fields";

export type Wanted = "field" | "operator" | "value" | "connective";

export interface Place {
  wanted: Wanted;
  /** Where what is being typed begins and ends; both where the cursor is, when nothing is yet. */
  from: number;
  to: number;
  typed: string;
  /** The field that an operator or a value is wanted for, as it was typed. */
  field: string | null;
}

export const OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "NOT LIKE", "IN", "NOT IN", "BETWEEN", "REGEXP", "IS NULL", "IS NOT NULL"] as const;
export const STATUSES = ["FINISHED", "RUNNING", "FAILED", "KILLED", "SCHEDULED"] as const;

const TOKEN = new RegExp(
  [
    "\\s+",
    "'(?:[^']|'')*'?",
    '"(?:[^"]|"")*"?',
    "-?\\d[\\w.+\\-]*",
    '[A-Za-z_]\\w*(?:\\.(?:`(?:[^`]|``)*`?|"(?:[^"]|"")*"?|[\\w./:\\-]*))*',
    "<=|>=|!=|<>|==|=~|!~|[=<>(),]",
    ".",
  ].join("|"),
  "gsu",
);
const TEXT_OPERATORS = new Set(["LIKE", "ILIKE", "REGEXP", "RLIKE"]);

interface State {
  wanted: Wanted;
  field: string | null;
  isBetween: boolean;
  depth: number;
}

/** Return what is wanted at a cursor. */
export function placeAt(text: string, cursor: number): Place {
  const state: State = { wanted: "field", field: null, isBetween: false, depth: 0 };
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    const from = match.index;
    if (token.trim() === "") continue;
    const to = from + token.length;
    if (from >= cursor) break;
    if (to >= cursor && !(to === cursor && /^[(),]$/.test(token))) {
      return { wanted: state.wanted, from, to, typed: text.slice(from, cursor), field: state.field };
    }
    step(state, token);
  }
  return { wanted: state.wanted, from: cursor, to: cursor, typed: "", field: state.field };
}

function step(state: State, token: string): void {
  const word = token.toUpperCase();
  if (word === "NOT") return;
  switch (state.wanted) {
    case "field":
      if (word === "(") return;
      state.field = token;
      state.wanted = "operator";
      return;
    case "operator":
      state.isBetween = word === "BETWEEN";
      state.wanted = "value";
      return;
    case "value":
      if (token === ",") return;
      if (token === "(") state.depth += 1;
      else if (token === ")") state.depth = Math.max(0, state.depth - 1);
      if (state.depth === 0) state.wanted = "connective";
      return;
    case "connective":
      if (word === "AND" && state.isBetween) {
        state.isBetween = false;
        state.wanted = "value";
      } else if (word === "AND" || word === "OR") {
        state.field = null;
        state.wanted = "field";
      }
  }
}

/** Return a field as somebody would type it: in back-ticks only where it has to be. */
export function typedField(field: Field): string {
  if (field.entity === "attribute") return field.key;
  const isPlain = /^[\w./:-]+$/.test(field.key) && !STATISTICS.some((one) => field.key.toLowerCase().endsWith(`.${one}`));
  const key = isPlain ? field.key : `\`${field.key.replaceAll("`", "``")}\``;
  return `${field.entity}.${key}${field.statistic === undefined ? "" : `.${field.statistic}`}`;
}

/** Return a value as it is written in a filter. */
export function typedValue(value: unknown): string {
  return typeof value === "number" ? String(value) : `'${(typeof value === "string" ? value : JSON.stringify(value)).replaceAll("'", "''")}'`;
}

/** Return a filter with one more condition. */
export function withCondition(filter: string, field: Field, operator: string, value: string): string {
  const condition = `${typedField(field)} ${operator}${operator.endsWith("NULL") ? "" : ` ${writtenFor(operator, value)}`}`;
  if (filter.trim() === "") return condition;
  return /\bOR\b/i.test(filter) ? `(${filter.trim()}) AND ${condition}` : `${filter.trim()} AND ${condition}`;
}

function writtenFor(operator: string, value: string): string {
  if (operator.endsWith("IN") || operator === "BETWEEN") return value;
  const isText = TEXT_OPERATORS.has(operator.replace("NOT ", "")) || value.trim() === "" || !Number.isFinite(Number(value));
  return typedValue(isText ? value : Number(value));
}

export interface Suggestion {
  text: string;
  /** What it is, said beside it. */
  about: string;
}

const MOST = 30;

/** Return what could stand at a place: those that begin as it was typed first. */
export function suggestionsAt(place: Place, fields: readonly Field[], valuesOf: (field: string) => readonly unknown[]): Suggestion[] {
  switch (place.wanted) {
    case "field":
      return fitting(
        place.typed,
        fields.map((field) => ({ text: typedField(field), about: field.entity === "attribute" ? "of every run" : field.entity.slice(0, -1) })),
      );
    case "operator":
      return fitting(place.typed, OPERATORS.map(bare));
    case "value":
      return fitting(place.typed, (place.field === "status" ? STATUSES : valuesOf(place.field ?? "")).map(typedValue).map(bare));
    case "connective":
      return fitting(place.typed, ["AND", "OR"].map(bare));
  }
}

const bare = (text: string): Suggestion => ({ text, about: "" });

function fitting(typed: string, all: readonly Suggestion[]): Suggestion[] {
  const plain = (text: string) => text.toLowerCase().replace(/^['"]/, "");
  const wanted = plain(typed);
  const starting = all.filter(({ text }) => plain(text).startsWith(wanted));
  const holding = all.filter(({ text }) => !plain(text).startsWith(wanted) && plain(text).includes(wanted));
  return [...starting, ...holding].filter(({ text }) => text.toLowerCase() !== typed.toLowerCase()).slice(0, MOST);
}

/** Return a filter in which a suggestion stands at a place, and where the cursor goes. */
export function taken(text: string, place: Place, suggestion: string): { text: string; cursor: number } {
  const before = text.slice(0, place.from);
  const space = before === "" || /[\s(]$/.test(before) ? "" : " ";
  const head = `${before}${space}${suggestion} `;
  return { text: head + text.slice(place.to).replace(/^\s+/, ""), cursor: head.length };
}

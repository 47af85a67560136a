/** The one way to call the server; types come from its OpenAPI document. */
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

type Verb = "get" | "post" | "patch" | "delete";
type PathsOf<V extends Verb> = { [P in keyof paths]: paths[P][V] extends object ? P : never }[keyof paths];
type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : undefined;
type Answers<C> = C extends { responses: infer R } ? R : never;
type Answered<C> = Json<Answers<C>[Extract<keyof Answers<C>, 200>]> | (204 extends keyof Answers<C> ? undefined : never);
type Part<C, K extends string> = C extends { parameters: Partial<Record<K, infer T>> } ? T : never;
type BodyOf<C> = C extends { requestBody?: infer B } ? Partial<Json<NonNullable<B>>> : never;

export interface Given<C> {
  path?: Part<C, "path">;
  query?: Partial<NonNullable<Part<C, "query">>>;
  body?: BodyOf<C>;
  signal?: AbortSignal;
}

/** What the server says of a call that failed; `status` 0 when it cannot be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null = null,
    readonly position: number | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** Call an operation and return its answer. */
export async function call<V extends Verb, P extends PathsOf<V>>(
  verb: V,
  path: P,
  given: Given<paths[P][V]> = {},
): Promise<Answered<paths[P][V]>> {
  const answer = await send(verb, address(path, given), given.body, "application/json", given.signal);
  // The document says what is in it: the server is tested to keep to that.
  return (answer.status === 204 ? undefined : await answer.json()) as Answered<paths[P][V]>;
}

/** Send a request and return its answer, or throw what is wrong. */
export async function send(
  verb: Verb,
  url: string,
  body: unknown,
  accept: string,
  signal: AbortSignal | undefined,
): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: verb.toUpperCase(),
      headers: { Accept: accept, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "UNAVAILABLE", "The server cannot be reached.");
  }
  if (answer.status === 401) logIn();
  if (!answer.ok) throw await fault(answer);
  return answer;
}

function address(path: string, given: { path?: unknown; query?: unknown }): string {
  const inPath = (given.path ?? {}) as Record<string, string>;
  const elsewhere: [string, string][] = [];
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = inPath[name] ?? "";
    if (value !== "" && value !== "~" && !value.includes("/") && !/^\.+$/.test(value)) return encodeURIComponent(value);
    elsewhere.push([name, value]);
    return "~";
  });
  const query = Object.entries((given.query ?? {}) as Record<string, string | number | boolean | null | undefined>)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]): [string, string] => [name, String(value)]);
  const asked = new URLSearchParams([...elsewhere, ...query]).toString();
  return asked === "" ? url : `${url}?${asked}`;
}

function logIn(): void {
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/login?next=${encodeURIComponent(here)}`);
}

async function fault(answer: Response): Promise<ApiError> {
  try {
    const { error } = (await answer.json()) as Schemas["ErrorAnswer"];
    return new ApiError(answer.status, error.code, error.message, error.field, error.position);
  } catch {
    return new ApiError(answer.status, "UNKNOWN", `The server answered with status ${answer.status}.`);
  }
}

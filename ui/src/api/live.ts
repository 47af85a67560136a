/** The one channel on which the server tells what changed: what is shown is read again. */

export interface Interest {
  runIds?: readonly string[];
  experimentIds?: readonly string[];
  registry?: boolean;
}

export interface Change {
  kind: "run" | "experiment" | "registry" | "resync";
  id: string;
  /** Which parts of a run changed: metrics, params, status, tags … */
  what: readonly string[];
}

type Listener = (changes: Change) => void;

/** Their ids fit into an address that every proxy takes. */
const MOST_RUNS = 150;
const MOST_EXPERIMENTS = 100;
const GATHER_MS = 50;
const KINDS = ["run", "experiment", "registry", "resync"] as const;

const wanted = new Map<symbol, { interest: Interest; listener: Listener }>();
let source: EventSource | null = null;
let asked = "";
let timer: ReturnType<typeof setTimeout> | null = null;

/** Hear of changes to these until the function returned is called. */
export function listen(interest: Interest, listener: Listener): () => void {
  const key = Symbol();
  wanted.set(key, { interest, listener });
  renewSoon();
  return () => {
    wanted.delete(key);
    renewSoon();
  };
}

function renewSoon(): void {
  timer ??= setTimeout(() => {
    timer = null;
    renew();
  }, GATHER_MS);
}

function renew(): void {
  const query = question();
  if (query === asked) return;
  asked = query;
  source?.close();
  source = null;
  if (query === "") return;
  const opened = new EventSource(`/api/v1/events?${query}`);
  for (const kind of KINDS) {
    opened.addEventListener(kind, (event: MessageEvent<string>) => {
      const { id, what } = JSON.parse(event.data) as { id: string; what: string[] };
      tell({ kind, id, what });
    });
  }
  // Between what was read before and the beginning of the stream something may have changed.
  opened.addEventListener("open", () => {
    tell({ kind: "resync", id: "", what: [] });
  });
  source = opened;
}

function question(): string {
  const all = [...wanted.values()].map(({ interest }) => interest);
  const runs = [...new Set(all.flatMap(({ runIds }) => runIds ?? []))].sort().slice(0, MOST_RUNS);
  const experiments = [...new Set(all.flatMap(({ experimentIds }) => experimentIds ?? []))].sort();
  const query = new URLSearchParams([
    ...runs.map((id) => ["run_id", id]),
    ...experiments.slice(0, MOST_EXPERIMENTS).map((id) => ["experiment_id", id]),
    ...(all.some(({ registry }) => registry) ? [["registry", "true"]] : []),
  ]);
  return query.toString();
}

function tell(change: Change): void {
  for (const { interest, listener } of wanted.values()) {
    const concerns =
      change.kind === "resync" ||
      (change.kind === "run" && interest.runIds?.includes(change.id) === true) ||
      (change.kind === "experiment" && interest.experimentIds?.includes(change.id) === true) ||
      (change.kind === "registry" && interest.registry === true);
    if (concerns) listener(change);
  }
}

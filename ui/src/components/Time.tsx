import { useSyncExternalStore } from "react";

import { formatAgo, formatDuration, formatMoment } from "@/lib/time";

const TICK_MS = 10_000;

let now = Date.now();
const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    now = Date.now();
    for (const one of listeners) one();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && ticking !== null) {
      clearInterval(ticking);
      ticking = null;
    }
  };
}

/** The time, as of a few seconds ago. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** How long ago something was, with the moment itself on hover. */
export function Ago({ ms }: { ms: number }) {
  return (
    <time dateTime={new Date(ms).toISOString()} title={formatMoment(ms)}>
      {formatAgo(ms, useNow())}
    </time>
  );
}

/** How long something took, or has taken so far. */
export function Took({ startMs, endMs }: { startMs: number; endMs: number | null }) {
  const present = useNow();
  return <span>{formatDuration(Math.max(0, (endMs ?? present) - startMs))}</span>;
}

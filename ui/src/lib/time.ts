/** Times and durations. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

const STEPS = [
  [365 * DAY, "year"],
  [30 * DAY, "month"],
  [DAY, "day"],
  [HOUR, "hour"],
  [MINUTE, "minute"],
] as const;

/** Return how long ago something was: `5 min. ago`. */
export function formatAgo(timestampMs: number, nowMs: number): string {
  const past = nowMs - timestampMs;
  const found = STEPS.find(([size]) => Math.abs(past) >= size);
  if (found === undefined) return Math.abs(past) < 10 * SECOND ? "just now" : relative.format(-Math.round(past / SECOND), "second");
  return relative.format(-Math.round(past / found[0]), found[1]);
}

/** Return a moment in full, in the reader's own time. */
export function formatMoment(timestampMs: number): string {
  return exact.format(timestampMs);
}

/** Return a duration by its two largest units: `1h 5m`, `3.2s`, `250ms`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)}ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)}s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m ${Math.floor((ms % MINUTE) / SECOND)}s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h ${Math.floor((ms % HOUR) / MINUTE)}m`;
  return `${Math.floor(ms / DAY)}d ${Math.floor((ms % DAY) / HOUR)}h`;
}

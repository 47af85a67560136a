/** Artifacts that are logged again and again: which of them are one series, and at which step each is. */
import type { MediaKind } from "@/lib/extraPanels";

export type ArtifactKind = MediaKind | "histogram";

export interface Stepped {
  path: string;
  step: number;
}

const INT64_MIN = -(2 ** 63);
const NAMED = /^(-\d{19}|x\d{19}|\d{10})_\d{13,19}_[0-9a-z]+(\.[A-Za-z0-9.]+)?$/;
const NUMBERED = /^(.*?)(\d+)(\D*)$/s;

const ENDINGS: Record<ArtifactKind, readonly string[]> = {
  image: ["png", "jpg", "jpeg", "gif", "webp", "avif", "bmp"],
  audio: ["wav", "mp3", "ogg", "flac"],
  video: ["mp4", "webm"],
  table: ["csv", "tsv", "json"],
  plot: ["svg", "html", "htm", "json", "png"],
  histogram: ["json"],
};

/** Return the last folder of a path, with its slash. */
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

/** Return the series that an artifact belongs to: its path with a `*` for the step; the path itself where it has none. */
export function seriesOf(path: string): string {
  const folder = folderOf(path);
  const name = path.slice(folder.length);
  const named = NAMED.exec(name);
  if (named !== null && folder !== "") return `${folder}*${named[2] ?? ""}`;
  const dot = name.lastIndexOf(".");
  const [stem, ending] = dot < 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot)];
  const numbered = NUMBERED.exec(stem);
  return numbered === null ? path : `${folder}${numbered[1] ?? ""}*${numbered[3] ?? ""}${ending}`;
}

/** Return at which step an artifact was logged, by its name. */
export function stepOf(path: string): number {
  const name = path.slice(folderOf(path).length);
  const step = NAMED.exec(name)?.[1];
  if (step !== undefined) {
    if (step.startsWith("-")) return Number(step.slice(1)) + INT64_MIN;
    return Number(step.replace("x", ""));
  }
  const dot = name.lastIndexOf(".");
  return Number(NUMBERED.exec(dot < 0 ? name : name.slice(0, dot))?.[2] ?? 0);
}

/** Return the folder of a series, without its slash. */
export const listedFolder = (series: string): string => folderOf(series).slice(0, -1);

/** Return the artifacts among some paths that belong to a series, by their steps. */
export function ofSeries(series: string, paths: readonly string[]): Stepped[] {
  return paths
    .filter((path) => path === series || seriesOf(path) === series)
    .map((path) => ({ path, step: stepOf(path) }))
    .sort((one, other) => one.step - other.step || (one.path < other.path ? -1 : 1));
}

/** Return what was logged last at or before a step, or else the first there is. */
export function atStep<T extends Stepped>(found: readonly T[], step: number): T | undefined {
  return found.findLast((one) => one.step <= step) ?? found[0];
}

/** Whether an artifact may be of a kind, by its name and place. */
export function isOfKind(path: string, kind: ArtifactKind): boolean {
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  const isHistogram = path.startsWith("histograms/");
  return ENDINGS[kind].includes(ending) && isHistogram === (kind === "histogram");
}

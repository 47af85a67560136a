/** Panels that somebody added to a workspace, as they stand in the address. */

export const PANEL_SIZES = ["s", "m", "l"] as const;
export type PanelSize = (typeof PANEL_SIZES)[number];

export const SPREAD_SHAPES = ["bar", "box", "violin"] as const;
export type SpreadShape = (typeof SPREAD_SHAPES)[number];

export const MEDIA_KINDS = ["image", "audio", "video", "table", "plot"] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

interface Framed {
  /** Tells panels of a workspace apart. */
  id: string;
  title?: string | undefined;
  size?: PanelSize | undefined;
}

/** A metric's last value by run, or by the values of a param. Fields are ids such as `metrics.loss`. */
export interface SpreadPanel extends Framed {
  kind: "spread";
  shape: SpreadShape;
  y: string;
  /** A field by which runs are gathered; without one the group of the table, or else each run. */
  by?: string | undefined;
}

/** Runs as points. */
export interface ScatterPanel extends Framed {
  kind: "scatter";
  x: string;
  y: string;
  colour?: string | undefined;
  logX?: boolean | undefined;
  logY?: boolean | undefined;
}

/** What is kept on an axis: a range of numbers, or some texts. */
export type Brush = readonly [number, number] | readonly string[];

/** Runs as lines through an axis for each field. */
export interface ParallelPanel extends Framed {
  kind: "parallel";
  axes: string[];
  colour?: string | undefined;
  /** Axes that are logarithmic. */
  log?: string[] | undefined;
  brushes?: Record<string, Brush> | undefined;
}

/** How much params have to do with a metric. */
export interface ImportancePanel extends Framed {
  kind: "importance";
  y: string;
}

/** Histograms over steps. */
export interface HistogramPanel extends Framed {
  kind: "histogram";
  /** The artifacts: a path with a `*` where the step stands. */
  path: string;
  style: "ridges" | "heat";
}

/** Artifacts side by side over runs. */
export interface MediaPanel extends Framed {
  kind: "media";
  media: MediaKind;
  path: string;
}

/** A text. */
export interface MarkdownPanel extends Framed {
  kind: "markdown";
  text: string;
}

/** A Vega-Lite specification over the runs as rows. */
export interface VegaPanel extends Framed {
  kind: "vega";
  spec: string;
}

export type ExtraPanel =
  | SpreadPanel
  | ScatterPanel
  | ParallelPanel
  | ImportancePanel
  | HistogramPanel
  | MediaPanel
  | MarkdownPanel
  | VegaPanel;

const MOST_PANELS = 50;
const MOST_AXES = 30;

/** Return the panels of an address, without what makes no sense. */
export function readExtraPanels(value: unknown): ExtraPanel[] {
  if (!Array.isArray(value)) return [];
  const seen = new Set<string>();
  return value.slice(0, MOST_PANELS).flatMap((one: unknown) => {
    const panel = readPanel(one);
    if (panel === null || seen.has(panel.id)) return [];
    seen.add(panel.id);
    return [panel];
  });
}

type Given = Record<string, unknown>;

function readPanel(value: unknown): ExtraPanel | null {
  if (typeof value !== "object" || value === null) return null;
  const given = value as Given;
  const { id, title, kind } = given;
  if (typeof id !== "string" || id === "") return null;
  const size = PANEL_SIZES.find((one) => one === given["size"]);
  const framed: Framed = {
    id,
    ...(typeof title === "string" && title !== "" ? { title } : {}),
    ...(size === undefined ? {} : { size }),
  };
  switch (kind) {
    case "spread": {
      const shape = SPREAD_SHAPES.find((one) => one === given["shape"]) ?? "bar";
      return { ...framed, kind, shape, y: text(given["y"]), ...optional(given, "by") };
    }
    case "scatter":
      return {
        ...framed,
        kind,
        x: text(given["x"]),
        y: text(given["y"]),
        ...optional(given, "colour"),
        ...(given["logX"] === true ? { logX: true } : {}),
        ...(given["logY"] === true ? { logY: true } : {}),
      };
    case "parallel": {
      const log = texts(given["log"]);
      const brushes = readBrushes(given["brushes"]);
      return {
        ...framed,
        kind,
        axes: [...new Set(texts(given["axes"]))].slice(0, MOST_AXES),
        ...optional(given, "colour"),
        ...(log.length > 0 ? { log } : {}),
        ...(Object.keys(brushes).length > 0 ? { brushes } : {}),
      };
    }
    case "importance":
      return { ...framed, kind, y: text(given["y"]) };
    case "histogram":
      return { ...framed, kind, path: text(given["path"]), style: given["style"] === "heat" ? "heat" : "ridges" };
    case "media": {
      const media = MEDIA_KINDS.find((one) => one === given["media"]);
      return media === undefined ? null : { ...framed, kind, media, path: text(given["path"]) };
    }
    case "markdown":
      return { ...framed, kind, text: text(given["text"]) };
    case "vega":
      return { ...framed, kind, spec: text(given["spec"]) };
    default:
      return null;
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

function optional<K extends string>(given: Given, key: K): Partial<Record<K, string>> {
  const value = given[key];
  const found: Partial<Record<K, string>> = {};
  if (typeof value === "string" && value !== "") found[key] = value;
  return found;
}

function readBrushes(value: unknown): Record<string, Brush> {
  if (typeof value !== "object" || value === null) return {};
  const found: [string, Brush][] = Object.entries(value).flatMap(([axis, brush]: [string, unknown]) => {
    if (isRange(brush)) return [[axis, brush] as [string, Brush]];
    const kept = texts(brush);
    return kept.length > 0 ? [[axis, kept] as [string, Brush]] : [];
  });
  return Object.fromEntries(found);
}

function isRange(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === "number" && Number.isFinite(one));
}

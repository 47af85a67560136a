/** The kinds of panels there are to add, and what each begins as. */
import {
  AudioLines,
  Braces,
  ChartBarDecreasing,
  ChartCandlestick,
  ChartColumn,
  ChartScatter,
  ChartSpline,
  FileText,
  Film,
  Image,
  type LucideIcon,
  Mountain,
  Table2,
  Waypoints,
} from "lucide-react";

import type { ExtraPanel, MediaKind, SpreadShape } from "@/lib/extraPanels";
import { fieldOf, titleOf } from "@/lib/fields";

import type { Choices } from "./choices";
import { EXAMPLE_SPEC } from "./vegaSpec";

export interface Kind {
  name: string;
  hint: string;
  icon: LucideIcon;
  begin: (id: string, choices: Choices) => ExtraPanel;
}

/** What is measured at the end of a run tells runs apart better than how it was trained. */
const metricOf = ({ metrics }: Choices, at = 0): string => {
  const own = metrics.filter((key) => !key.startsWith("system/"));
  const sorted = [...own.filter((key) => /val|test|eval/i.test(key)), ...own.filter((key) => !/val|test|eval/i.test(key)), ...metrics];
  const found = sorted[at] ?? sorted[0];
  return found === undefined ? "" : `metrics.${found}`;
};
const paramOf = ({ params }: Choices, at = 0): string => {
  const found = params[at] ?? params[0];
  return found === undefined ? "" : `params.${found}`;
};

const spread = (shape: SpreadShape) => (id: string, choices: Choices): ExtraPanel =>
  ({ id, kind: "spread", shape, y: metricOf(choices), ...(shape === "bar" || choices.params.length === 0 ? {} : { by: paramOf(choices) }) });
const media = (kind: MediaKind) => (id: string): ExtraPanel => ({ id, kind: "media", media: kind, path: "", size: "l" });

export const KINDS: readonly Kind[] = [
  { name: "Bars", hint: "A metric by run, or its mean by group with an interval", icon: ChartColumn, begin: spread("bar") },
  { name: "Boxes", hint: "Quartiles of a metric by group", icon: ChartCandlestick, begin: spread("box") },
  { name: "Violins", hint: "The whole distribution by group", icon: ChartSpline, begin: spread("violin") },
  {
    name: "Scatter",
    hint: "Any two of params and metrics, coloured by a third",
    icon: ChartScatter,
    begin: (id, choices) => ({ id, kind: "scatter", x: paramOf(choices) || metricOf(choices, 1), y: metricOf(choices) }),
  },
  {
    name: "Parallel coordinates",
    hint: "Runs as lines through many axes; brush to choose",
    icon: Waypoints,
    begin: (id, choices) => ({
      id,
      kind: "parallel",
      size: "l",
      axes: [...choices.params.slice(0, 6).map((key) => `params.${key}`), metricOf(choices)].filter((axis) => axis !== ""),
      colour: metricOf(choices),
    }),
  },
  {
    name: "Importance",
    hint: "Which params a metric depends on, and how sure that is",
    icon: ChartBarDecreasing,
    begin: (id, choices) => ({ id, kind: "importance", y: metricOf(choices), size: "m" }),
  },
  { name: "Histograms", hint: "A distribution over steps", icon: Mountain, begin: (id) => ({ id, kind: "histogram", path: "", style: "ridges", size: "l" }) },
  { name: "Images", hint: "Side by side over runs, by step", icon: Image, begin: media("image") },
  { name: "Audio", hint: "Sounds side by side, by step", icon: AudioLines, begin: media("audio") },
  { name: "Video", hint: "Videos side by side, by step", icon: Film, begin: media("video") },
  { name: "Tables", hint: "Logged tables side by side", icon: Table2, begin: media("table") },
  { name: "Plots", hint: "Figures: SVG, HTML, Vega-Lite", icon: ChartSpline, begin: media("plot") },
  { name: "Markdown", hint: "A text: what this is about, what was found", icon: FileText, begin: (id) => ({ id, kind: "markdown", text: "" }) },
  { name: "Vega-Lite", hint: "A chart of your own over the runs", icon: Braces, begin: (id, choices) => ({ id, kind: "vega", spec: EXAMPLE_SPEC(metricOf(choices)) }) },
];

const MEDIA_NAMES: Record<MediaKind, string> = { image: "Images", audio: "Audio", video: "Videos", table: "Tables", plot: "Plots" };

/** Return what a panel is headed, where nobody gave it a title. */
export function titleFor(panel: ExtraPanel): string {
  if (panel.title !== undefined) return panel.title;
  const name = (id: string) => titleOf(fieldOf(id)) || "…";
  switch (panel.kind) {
    case "spread":
      return panel.by === undefined || panel.by === "run_id" ? name(panel.y) : `${name(panel.y)} by ${name(panel.by)}`;
    case "scatter":
      return `${name(panel.y)} over ${name(panel.x)}`;
    case "parallel":
      return "Parallel coordinates";
    case "importance":
      return `What ${name(panel.y)} depends on`;
    case "histogram":
      return panel.path === "" ? "Histograms" : panel.path.replace(/^histograms\//, "").replace(/\/\*.*$/, "");
    case "media":
      return panel.path === "" ? MEDIA_NAMES[panel.media] : panel.path.replace(/^(images|audio)\//, "").replace(/\/\*.*$/, "");
    case "markdown":
      return "Notes";
    case "vega":
      return "Vega-Lite";
  }
}

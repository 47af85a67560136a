import { lazy, Suspense } from "react";

import { Skeleton } from "@/components/States";

import type { ExtraPanel } from "@/lib/extraPanels";

import type { BodyProps } from "./body";
import { PanelGuard } from "./PanelGuard";

// Each is loaded when the first of its kind is seen.
const Spread = lazy(async () => ({ default: (await import("./SpreadBody")).SpreadBody }));
const Scatter = lazy(async () => ({ default: (await import("./ScatterBody")).ScatterBody }));
const Parallel = lazy(async () => ({ default: (await import("./ParallelBody")).ParallelBody }));
const Importance = lazy(async () => ({ default: (await import("./ImportanceBody")).ImportanceBody }));
const Histogram = lazy(async () => ({ default: (await import("./HistogramBody")).HistogramBody }));
const Media = lazy(async () => ({ default: (await import("./MediaBody")).MediaBody }));
const Markdown = lazy(async () => ({ default: (await import("./MarkdownBody")).MarkdownBody }));
const Vega = lazy(async () => ({ default: (await import("./VegaBody")).VegaBody }));

/** The inside of a panel; what goes wrong in it stays in it. */
export function PanelBody(props: BodyProps<ExtraPanel>) {
  return (
    <PanelGuard resetKey={JSON.stringify(props.panel)}>
      <Suspense fallback={<Skeleton lines={4} height={Math.max(12, props.height / 10)} />}>
        <Inside {...props} />
      </Suspense>
    </PanelGuard>
  );
}

function Inside({ panel, ...rest }: BodyProps<ExtraPanel>) {
  switch (panel.kind) {
    case "spread":
      return <Spread panel={panel} {...rest} />;
    case "scatter":
      return <Scatter panel={panel} {...rest} />;
    case "parallel":
      return <Parallel panel={panel} {...rest} />;
    case "importance":
      return <Importance panel={panel} {...rest} />;
    case "histogram":
      return <Histogram panel={panel} {...rest} />;
    case "media":
      return <Media panel={panel} {...rest} />;
    case "markdown":
      return <Markdown panel={panel} {...rest} />;
    case "vega":
      return <Vega panel={panel} {...rest} />;
  }
}

import { Markdown } from "@/components/Markdown";
import type { MarkdownPanel } from "@/lib/extraPanels";

import type { BodyProps } from "./body";
import { PanelEmpty } from "./PanelNote";

/** A text somebody wrote. */
export function MarkdownBody({ panel, height }: BodyProps<MarkdownPanel>) {
  if (panel.text.trim() === "") return <PanelEmpty title="Nothing written yet" height={height}>Edit this panel to write what these runs are about.</PanelEmpty>;
  return (
    <div style={{ height: "100%", overflow: "auto" }} tabIndex={0} role="region" aria-label="Text">
      <Markdown text={panel.text} headingsBelow={3} />
    </div>
  );
}

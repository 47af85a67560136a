import { useMemo } from "react";

import type { MarkdownPanel } from "@/lib/extraPanels";

import type { BodyProps } from "./body";
import { htmlOf } from "./markdown";
import styles from "./MarkdownBody.module.css";
import { PanelEmpty } from "./PanelNote";

/** A text somebody wrote. */
export function MarkdownBody({ panel, height }: BodyProps<MarkdownPanel>) {
  const html = useMemo(() => htmlOf(panel.text), [panel.text]);
  if (panel.text.trim() === "") return <PanelEmpty title="Nothing written yet" height={height}>Edit this panel to write what these runs are about.</PanelEmpty>;
  return <div className={styles.markdown} tabIndex={0} role="region" aria-label="Text" dangerouslySetInnerHTML={{ __html: html }} />;
}

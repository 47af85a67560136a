import { ChevronRight } from "lucide-react";
import { useState } from "react";

import { EmptyState } from "@/components/States";
import { formatCount } from "@/lib/format";
import type { Workspace } from "@/lib/workspace";

import styles from "./ChartGrid.module.css";
import { LinePanel } from "./LinePanel";
import { matching, sectionsOf } from "./sections";
import type { DrawnRun } from "./types";

interface Props {
  runs: readonly DrawnRun[];
  keys: readonly string[];
  workspace: Workspace;
  onChange: (change: Partial<Workspace>) => void;
  /** Whether all sections are unfolded at first, what is measured of the machine too. */
  isOpen?: boolean;
}

/** A panel for each metric, by the prefixes of their names. */
export function ChartGrid({ runs, keys, workspace, onChange, isOpen = false }: Props) {
  const shown = workspace.panels === undefined ? keys : matching(keys, workspace.panels);
  if (keys.length === 0) {
    return (
      <EmptyState title="No metrics yet" command={'runstone.log_metric("loss", 0.5, step=1)'}>
        Each metric that is logged gets a chart here.
      </EmptyState>
    );
  }
  return (
    <div className={styles.grid}>
      {sectionsOf(shown).map((section) => (
        <SectionOf key={section.title} title={section.title} keys={section.keys} runs={runs} workspace={workspace} onChange={onChange} isOpen={isOpen || section.title !== "system"} />
      ))}
      {shown.length === 0 && <EmptyState title="No panel has such a name" />}
    </div>
  );
}

interface SectionProps extends Props {
  title: string;
}

function SectionOf({ title, keys, isOpen: isOpenAtFirst = true, ...rest }: SectionProps) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  return (
    <section aria-label={title === "" ? "Metrics" : title}>
      <button type="button" className={styles.title} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <ChevronRight size={14} style={isOpen ? { rotate: "90deg" } : undefined} />
        {title === "" ? "metrics" : title}
        <small>{formatCount(keys.length, "panel")}</small>
      </button>
      {isOpen && (
        <div className={styles.panels}>
          {keys.map((key) => (
            <LinePanel key={key} metric={key} {...rest} />
          ))}
        </div>
      )}
    </section>
  );
}

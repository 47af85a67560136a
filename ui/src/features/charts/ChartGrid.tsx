import { ChevronRight } from "lucide-react";
import { useState } from "react";

import { EmptyState } from "@/components/States";
import type { ChartSettings } from "@/lib/chartSettings";
import type { Recorded } from "@/lib/fields";
import { formatCount } from "@/lib/format";

import styles from "./ChartGrid.module.css";
import { LinePanel } from "./LinePanel";
import { movedBefore, shownKeys, withSection } from "./order";
import { matching, sectionsOf } from "./sections";

interface Props {
  runs: readonly Recorded[];
  keys: readonly string[];
  settings: ChartSettings;
  onChange: (change: Partial<ChartSettings>) => void;
  /** A regular expression that the names of charts fit. */
  pattern?: string | undefined;
  /** Params and tags by which runs are one line. */
  group?: readonly string[] | undefined;
  onHide?: (runIds: readonly string[], isAlone: boolean) => void;
  /** Whether all sections are unfolded at first, what is measured of the machine too. */
  isOpen?: boolean;
}

/** A chart for each metric, by the prefixes of their names. */
export function ChartGrid({ keys, pattern, isOpen = false, ...rest }: Props) {
  const kept = shownKeys(keys, rest.settings);
  const shown = pattern === undefined ? kept : matching(kept, pattern);
  if (keys.length === 0) {
    return (
      <EmptyState title="No metrics yet" command={'runstone.log_metric("loss", 0.5, step=1)'}>
        Each metric that is logged gets a chart here.
      </EmptyState>
    );
  }
  return (
    <div className={styles.grid} data-size={rest.settings.size ?? "m"}>
      {sectionsOf(shown).map((section) => (
        <SectionOf key={section.title} title={section.title} keys={section.keys} isOpen={isOpen || section.title !== "system"} {...rest} />
      ))}
      {shown.length === 0 && <EmptyState title="No chart has such a name" />}
    </div>
  );
}

interface SectionProps extends Omit<Props, "pattern"> {
  title: string;
}

function SectionOf({ title, keys, isOpen: isOpenAtFirst = true, runs, settings, onChange, group, onHide }: SectionProps) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const move = (metric: string, before: string | null) => {
    if (keys.includes(metric)) onChange({ order: withSection(settings.order ?? [], movedBefore(keys, metric, before)) });
  };
  return (
    <section aria-label={title === "" ? "Metrics" : title}>
      <button type="button" className={styles.title} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <ChevronRight size={14} style={isOpen ? { rotate: "90deg" } : undefined} />
        {title === "" ? "metrics" : title}
        <small>{formatCount(keys.length, "panel")}</small>
      </button>
      {isOpen && (
        <div className={styles.panels}>
          {keys.map((key, at) => (
            <LinePanel
              key={key}
              metric={key}
              runs={runs}
              settings={settings}
              onChange={onChange}
              group={group}
              onHide={onHide}
              onMove={move}
              earlier={keys[at - 1]}
              later={at === keys.length - 1 ? undefined : (keys[at + 2] ?? null)}
            />
          ))}
        </div>
      )}
    </section>
  );
}

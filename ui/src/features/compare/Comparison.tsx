import { Link } from "@tanstack/react-router";
import { Download, X } from "lucide-react";

import type { Run } from "@/api/types";
import { StatusBadge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { COLOUR_TAG, colourOf } from "@/lib/colour";
import { toCsv } from "@/lib/csv";
import { saveFile } from "@/lib/download";
import { titleOf } from "@/lib/fields";
import { formatCount } from "@/lib/format";

import styles from "./Comparison.module.css";
import { type Line, linesOf, originLines } from "./matrix";

interface Props {
  runs: readonly Run[];
  isAll: boolean;
  onAll: (isAll: boolean) => void;
  onRemove: (runId: string) => void;
}

const SHOWN = 500;

/** Runs as columns: what differs, and on wish what does not. */
export function Comparison({ runs, isAll, onAll, onRemove }: Props) {
  const sections: readonly (readonly [string, readonly Line[]])[] = [
    ["Params", linesOf(runs, "params")],
    ["Metrics", linesOf(runs, "metrics")],
    ["Tags", linesOf(runs, "tags")],
    ["Code, data and environment", originLines(runs)],
  ];
  const shown = (lines: readonly Line[]) => (isAll ? lines : lines.filter((line) => !line.isSame));
  const save = () => {
    const rows = sections.flatMap(([title, lines]) => lines.map((line) => [title, titleOf(line.field), ...line.values]));
    saveFile("comparison.csv", toCsv([["", "", ...runs.map((run) => run.info.run_name)], ...rows]), "text/csv");
  };
  return (
    <>
      <div className={styles.bar}>
        <label>
          <input type="checkbox" checked={!isAll} onChange={(event) => onAll(!event.target.checked)} /> Only what differs
        </label>
        <Button icon={<Download />} onClick={save}>
          CSV
        </Button>
      </div>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Runs side by side">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Key</span>
              </th>
              {runs.map((run) => (
                <th key={run.info.run_id} scope="col">
                  <div className={styles.run}>
                    <span className={styles.swatch} style={{ background: colourOf(run.info.run_id, run.tags[COLOUR_TAG]) }} />
                    <Link to="/runs/$runId" params={{ runId: run.info.run_id }} title={run.info.run_name}>
                      {run.info.run_name}
                    </Link>
                    <Button kind="quiet" icon={<X />} aria-label={`Leave out ${run.info.run_name}`} onClick={() => onRemove(run.info.run_id)} />
                  </div>
                  <StatusBadge status={run.info.status} />
                </th>
              ))}
            </tr>
          </thead>
          {sections.map(([title, lines]) => (
            <tbody key={title}>
              <tr>
                <th scope="rowgroup" colSpan={runs.length + 1} className={styles.section}>
                  {title}
                  <small>{summaryOf(lines)}</small>
                </th>
              </tr>
              {shown(lines)
                .slice(0, SHOWN)
                .map((line) => (
                  <Row key={line.field.id} line={line} />
                ))}
              {shown(lines).length > SHOWN && (
                <tr>
                  <td colSpan={runs.length + 1} className={styles.more}>
                    {shown(lines).length - SHOWN} more are in the CSV
                  </td>
                </tr>
              )}
            </tbody>
          ))}
        </table>
      </div>
    </>
  );
}

function summaryOf(lines: readonly Line[]): string {
  const differing = lines.filter((line) => !line.isSame).length;
  if (lines.length === 0) return "none";
  return `${differing} of ${formatCount(lines.length, "key")} ${differing === 1 ? "differs" : "differ"}`;
}

function Row({ line }: { line: Line }) {
  return (
    <tr data-same={line.isSame}>
      <th scope="row" title={titleOf(line.field)}>
        {titleOf(line.field)}
      </th>
      {line.values.map((value, at) => (
        <td key={at} title={value.slice(0, 2000)} className={line.field.entity === "metrics" ? styles.number : ""}>
          {value.slice(0, 300)}
          {at === line.least && <span className={styles.mark} title="the least">▼</span>}
          {at === line.greatest && <span className={styles.mark} title="the greatest">▲</span>}
        </td>
      ))}
    </tr>
  );
}

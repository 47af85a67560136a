import type { Run } from "@/api/types";
import { lastOf } from "@/lib/fields";
import { formatNumber } from "@/lib/format";

import styles from "./registry.module.css";

/** The metrics of two runs and how far they are apart; which is better is for who knows the metric. */
export function MetricComparison({ from, to, titles }: { from: Run; to: Run; titles: readonly [string, string] }) {
  const keys = [...new Set([...Object.keys(from.metrics), ...Object.keys(to.metrics)])].filter((key) => !key.startsWith("system/")).sort();
  if (keys.length === 0) return <p className={styles.dim}>Neither of their runs logged a metric.</p>;
  return (
    <table className={styles.table} aria-label="Metrics side by side">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col">{titles[0]}</th>
          <th scope="col">{titles[1]}</th>
          <th scope="col">Difference</th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => {
          const [old, next] = [from.metrics[key], to.metrics[key]].map((summary) => (summary === undefined ? NaN : lastOf(summary)));
          const difference = (next ?? NaN) - (old ?? NaN);
          return (
            <tr key={key}>
              <th scope="row">{key}</th>
              <td>{shown(old)}</td>
              <td>{shown(next)}</td>
              <td>{Number.isNaN(difference) ? "" : `${difference > 0 ? "+" : ""}${formatNumber(difference, 4)}`}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const shown = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? "–" : formatNumber(value));

import type { Run } from "@/api/types";
import { type Column, DataTable, type Sorting } from "@/components/DataTable";
import { STATISTICS, statisticOf } from "@/lib/fields";
import { formatNumber } from "@/lib/format";
import { useState } from "react";

import styles from "./MetricTable.module.css";

const ROW_PX = 28;
const MOST_PX = 420;

/** The metrics of a run: last, least, greatest and mean values. */
export function MetricTable({ run, keys }: { run: Run; keys: readonly string[] }) {
  const [sorting, setSorting] = useState<Sorting | null>(null);
  if (keys.length === 0) return <p className={styles.nothing}>No metrics.</p>;
  const numberOf = (key: string, id: string) => {
    const summary = run.metrics[key];
    const statistic = STATISTICS.find((one) => one === id);
    return summary === undefined || statistic === undefined ? NaN : statisticOf(summary, statistic);
  };
  const rows = sorting === null ? keys : [...keys].sort(orderBy(sorting, numberOf));
  const columns: Column<string>[] = [
    { id: "name", title: "Metric", width: 170, isPinned: true, isSortable: true, render: (key) => <span title={key}>{key}</span> },
    ...(["last", "min", "max", "mean", "count"] as const).map((statistic): Column<string> => ({
      id: statistic,
      title: statistic === "count" ? "points" : statistic,
      width: 84,
      isNumeric: true,
      isSortable: true,
      render: (key) => <span title={String(numberOf(key, statistic))}>{formatNumber(numberOf(key, statistic))}</span>,
    })),
  ];
  return (
    <div style={{ height: Math.min(MOST_PX, (rows.length + 1) * ROW_PX + 20) }}>
      <DataTable label="Metrics" columns={columns} count={rows.length} rowAt={(at) => rows[at]} keyOf={(key) => key} sorting={sorting} onSort={setSorting} rowHeight={ROW_PX} />
    </div>
  );
}

function orderBy({ id, isDescending }: Sorting, numberOf: (key: string, id: string) => number) {
  return (one: string, other: string): number => {
    const order = id === "name" ? one.localeCompare(other, "en", { numeric: true }) : numberOf(one, id) - numberOf(other, id);
    return isDescending ? -order : order;
  };
}

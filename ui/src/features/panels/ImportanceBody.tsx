import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { ErrorState, Skeleton } from "@/components/States";
import { toCsv } from "@/lib/csv";
import type { ImportancePanel } from "@/lib/extraPanels";
import { fieldOf, titleOf } from "@/lib/fields";
import { formatCount, formatNumber } from "@/lib/format";
import type { RunRow } from "@/lib/useRunRows";

import type { BodyProps } from "./body";
import { fingerprint } from "./fingerprint";
import { importanceOf, LEAST_RUNS, type ParamImportance } from "./importance";
import styles from "./ImportanceBody.module.css";
import { short } from "./names";
import { PanelEmpty } from "./PanelNote";
import { numberOf } from "./rowValue";
import { useFieldChoices, usePanelRows } from "./usePanelRows";

const MOST_PARAMS = 100;
const SHOWN = 30;

/** How much each param has to do with a metric, and how sure that is. */
export function ImportanceBody({ panel, height, csvRef }: BodyProps<ImportancePanel>) {
  const choices = useFieldChoices();
  const keys = useMemo(() => choices.params.slice(0, MOST_PARAMS), [choices.params]);
  const { rows, error } = usePanelRows(useMemo(() => [panel.y, ...keys.map((key) => `params.${key}`)], [panel.y, keys]));
  const { data: found } = useImportance(rows, panel.y, keys);
  useEffect(() => {
    csvRef.current =
      found === undefined || found === null
        ? null
        : () =>
            toCsv([
              ["param", "share_of_variance", "low_95", "high_95", "spearman", "n"],
              ...found.params.map(({ name, share, low, high, spearman, n }) => [name, share, low, high, spearman, n]),
            ]);
  }, [csvRef, found]);

  if (panel.y === "") return <PanelEmpty title="No metric chosen" height={height}>Edit this panel to choose one.</PanelEmpty>;
  if (error !== null) return <ErrorState error={error} />;
  if (rows === undefined || found === undefined) return <Skeleton lines={6} height={16} />;
  const name = short(titleOf(fieldOf(panel.y)));
  if (found === null) {
    return (
      <PanelEmpty title="Too few runs" height={height}>
        At least {LEAST_RUNS} runs with a finite last value of {name} are needed to say what it depends on.
      </PanelEmpty>
    );
  }
  if (found.params.length === 0) return <PanelEmpty title="No param differs" height={height}>Params that are the same in all runs, or another text in each, tell nothing of {name}.</PanelEmpty>;
  const most = Math.max(0.05, ...found.params.map(({ high }) => high));
  return (
    <div className={styles.importance}>
      <table>
        <thead>
          <tr>
            <th scope="col">Param</th>
            <th scope="col" className={styles.wide}>
              Importance, 95 % interval
            </th>
            <th scope="col" className={styles.number}>
              Spearman
            </th>
          </tr>
        </thead>
        <tbody>
          {found.params.slice(0, SHOWN).map((param) => (
            <ParamRow key={param.name} param={param} most={most} />
          ))}
        </tbody>
      </table>
      <p className={styles.method}>
        The share of the variance of {name}’s rank that goes through a param: a random forest of 150 trees on {formatCount(found.n, "run")}, and how much worse it predicts when the
        param’s values are shuffled, on runs that a tree has not seen. The interval is a bootstrap over runs. {sureness(found.explained)}
        {found.params.length > SHOWN && ` The first ${SHOWN} of ${formatCount(found.params.length, "param")}.`}
      </p>
    </div>
  );
}

function sureness(explained: number): string {
  if (explained < 0.1) return "The forest explains next to nothing: do not trust this order.";
  return `The forest explains ${formatNumber(explained * 100, 2)} % of the variance.`;
}

function useImportance(rows: readonly RunRow[] | undefined, y: string, keys: readonly string[]) {
  const input = useMemo(() => rows?.map((row) => ({ params: row.params, y: numberOf(row, y) ?? NaN })), [rows, y]);
  const print = useMemo(() => fingerprint(JSON.stringify([keys, input?.map(({ params, y: value }) => [params, String(value)])])), [input, keys]);
  return useQuery({
    // The same runs give the same answer: it is worked out once, after the page has drawn itself.
    queryKey: ["importance", print],
    queryFn: () => new Promise<ReturnType<typeof importanceOf>>((resolve) => setTimeout(() => resolve(importanceOf(input ?? [], keys)), 0)),
    enabled: input !== undefined,
    staleTime: Infinity,
    gcTime: 60_000,
    placeholderData: (before) => before,
  });
}

const rounded = (value: number): string => (Math.abs(value) < 0.005 ? "0.00" : value.toFixed(2).replace("-", "−"));

function ParamRow({ param: { name, share, low, high, spearman, n }, most }: { param: ParamImportance; most: number }) {
  const at = (value: number) => `${(Math.max(0, Math.min(value, most)) / most) * 100}%`;
  const told = `${rounded(share)}, from ${rounded(low)} to ${rounded(high)}`;
  return (
    <tr title={`${name.slice(0, 300)}: ${told}; ${formatCount(n, "run")} have it`}>
      <th scope="row">{short(name, 40)}</th>
      <td>
        <span className={styles.track} role="img" aria-label={told}>
          <span className={styles.bar} style={{ width: at(share) }} data-sure={low > 0} />
          <span className={styles.interval} style={{ left: at(low), width: `calc(${at(high)} - ${at(low)})` }} />
        </span>
        <span className={styles.value}>{rounded(share)}</span>
      </td>
      <td className={styles.number}>{spearman === null ? "" : <Correlation value={spearman} />}</td>
    </tr>
  );
}

function Correlation({ value }: { value: number }) {
  return (
    <span className={styles.correlation}>
      <span className={styles.both} aria-hidden>
        <span style={value < 0 ? { right: "50%", width: `${-value * 50}%` } : { left: "50%", width: `${value * 50}%` }} />
      </span>
      {rounded(value)}
    </span>
  );
}

import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";

import { filesQuery, textQuery } from "@/api/artifacts";
import type { Run } from "@/api/types";
import { Card } from "@/components/Card";
import { formatCount } from "@/lib/format";

import styles from "./Comparison.module.css";
import { packageLines, versionsIn } from "./packages";

const PATH = "runstone/environment/requirements.txt";
const SHOWN = 300;

/** The packages that runs were made with: those that differ, or all. */
export function Packages({ runs, isAll }: { runs: readonly Run[]; isAll: boolean }) {
  const there = useQueries({
    queries: runs.map((run) => filesQuery(run.info.run_id, PATH)),
    combine: (answers) => answers.map(({ data = [] }) => data.length > 0),
  });
  const having = runs.filter((_, at) => there[at]);
  const texts = useQueries({
    queries: having.map((run) => textQuery(run.info.run_id, PATH)),
    combine: (answers) => answers.map(({ data }) => data?.text ?? ""),
  });
  const lines = useMemo(() => packageLines(texts.map(versionsIn)), [texts]);
  if (having.length < 2) return null;
  const shown = lines.filter((line) => isAll || !line.isSame);
  return (
    <Card title="Packages">
      <p className={styles.about}>
        {formatCount(lines.filter((line) => !line.isSame).length, "package")} of {lines.length} differ.
      </p>
      {shown.length > 0 && (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label="Packages side by side">
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Package</th>
                {having.map((run) => (
                  <th key={run.info.run_id} scope="col">
                    {run.info.run_name.slice(0, 40)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.slice(0, SHOWN).map((line) => (
                <tr key={line.name}>
                  <th scope="row">{line.name}</th>
                  {line.versions.map((version, at) => (
                    <td key={at}>{version ?? <span className={styles.absent}>not there</span>}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { textQuery, contentUrl } from "@/api/artifacts";
import { ErrorState, Skeleton } from "@/components/States";
import { formatCount, formatValue } from "@/lib/format";

import styles from "./MediaBody.module.css";
import { readTable } from "./tables";

interface Props {
  runId: string;
  path: string;
  label: string;
}

/** The first rows of a logged table. */
export function LoggedTable({ runId, path, label }: Props) {
  const { data, error } = useQuery(textQuery(runId, path));
  const table = useMemo(() => (data === undefined ? undefined : readTable(data.text, path)), [data, path]);
  if (error !== null) return <ErrorState error={error} />;
  if (table === undefined) return <Skeleton lines={4} />;
  if (table === null) {
    return (
      <p className={styles.broken}>
        This is no table that can be shown. <a href={contentUrl(runId, path)}>Open the file</a>
      </p>
    );
  }
  return (
    <>
      <div className={styles.table} tabIndex={0} role="region" aria-label={label}>
        <table>
          <thead>
            <tr>
              {table.columns.map((column, at) => (
                <th key={at} scope="col" title={column.slice(0, 500)} data-number={typeof table.rows[0]?.[at] === "number" ? "" : undefined}>
                  {column.slice(0, 100)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <Cell key={column} value={cell} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.count > table.rows.length && (
        <p className={styles.more}>
          The first {table.rows.length} of {formatCount(table.count, "row")}
        </p>
      )}
    </>
  );
}

function Cell({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <td />;
  const text = formatValue(value);
  return (
    <td title={text.slice(0, 1000)} data-number={typeof value === "number" ? "" : undefined}>
      {text.slice(0, 200)}
    </td>
  );
}

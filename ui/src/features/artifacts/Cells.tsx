import { type Column, DataTable } from "@/components/DataTable";
import { formatCount, formatValue } from "@/lib/format";

import styles from "./Preview.module.css";

export interface CellTable {
  columns: readonly { name: string; type: string }[];
  rows: readonly (readonly unknown[])[];
  /** How many rows there are in all. */
  count: number;
}

/** A table with the types of its columns; of a long one the first rows. */
export function Cells({ table }: { table: CellTable }) {
  const columns = table.columns.map(({ name, type }, at): Column<readonly unknown[]> => {
    const isNumeric = typeof table.rows[0]?.[at] === "number" || typeof table.rows[0]?.[at] === "bigint";
    return {
      id: String(at),
      title: type === "" ? name : `${name} · ${type}`,
      width: 150,
      isNumeric,
      render: (row) => {
        const text = textOf(row[at]);
        return <span title={text.slice(0, 2000)}>{text.slice(0, 200)}</span>;
      },
    };
  });
  return (
    <>
      <p className={styles.note}>
        {formatCount(table.count, "row")}, {formatCount(columns.length, "column")}
        {table.rows.length < table.count && `; the first ${formatCount(table.rows.length, "row")} are shown`}
      </p>
      <div className={styles.table}>
        <DataTable label="Rows" columns={columns} count={table.rows.length} rowAt={(at) => table.rows[at]} keyOf={(_, at) => String(at)} />
      </div>
    </>
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return formatValue(typeof value === "object" ? JSON.parse(JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? one.toString() : one))) : value);
}

import { tableFromIPC } from "apache-arrow";

import { readBytes } from "@/api/artifacts";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { formatBytes } from "@/lib/format";

import { Cells, type CellTable } from "./Cells";
import type { FileProps } from "./Preview";
import { useFile } from "./useFile";

const MOST_ROWS = 1000;
const MOST_BYTES = 64 << 20;

/** The schema and the first rows of an Arrow file. */
export function ArrowPreview({ ownerId, path, size }: FileProps) {
  const isSmall = size <= MOST_BYTES;
  const { data, error } = useFile("arrow", ownerId, path, async (signal): Promise<CellTable> => {
    const table = tableFromIPC(await readBytes(ownerId, path, 0, isSmall ? size : 0, signal));
    const columns = table.schema.fields.map((field) => ({ name: field.name, type: String(field.type) }));
    const rows = Array.from({ length: Math.min(MOST_ROWS, table.numRows) }, (_, row) =>
      columns.map((_column, at): unknown => table.getChildAt(at)?.get(row)),
    );
    return { columns, rows, count: table.numRows };
  });
  if (!isSmall) return <EmptyState title={`Arrow files of more than ${formatBytes(MOST_BYTES)} are not shown`}>Download it to look at it.</EmptyState>;
  if (error !== null) return <ErrorState error={error} />;
  return data === undefined ? <Skeleton lines={8} /> : <Cells table={data} />;
}

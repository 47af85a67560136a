import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";

import { readBytes } from "@/api/artifacts";
import { ErrorState, Skeleton } from "@/components/States";

import { Cells, type CellTable } from "./Cells";
import type { FileProps } from "./Preview";
import { useFile } from "./useFile";

const MOST_ROWS = 1000;

/** The schema and the first rows of a Parquet file; no more of it is read. */
export function ParquetPreview({ ownerId, path, size }: FileProps) {
  const { data, error } = useFile("parquet", ownerId, path, async (signal): Promise<CellTable> => {
    const file: AsyncBuffer = { byteLength: size, slice: (start, end = size) => readBytes(ownerId, path, start, end, signal) };
    const metadata = await parquetMetadataAsync(file);
    const names = parquetSchema(metadata).children.map(({ element }) => ({
      name: element.name,
      type: (element.logical_type?.type ?? element.converted_type ?? element.type ?? "group").toLowerCase(),
    }));
    const rows = await parquetReadObjects({ file, metadata, rowEnd: Math.min(MOST_ROWS, Number(metadata.num_rows)) });
    return { columns: names, rows: rows.map((row) => names.map(({ name }): unknown => row[name])), count: Number(metadata.num_rows) };
  });
  if (error !== null) return <ErrorState error={error} />;
  return data === undefined ? <Skeleton lines={8} /> : <Cells table={data} />;
}

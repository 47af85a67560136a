import { unzip } from "fflate";

import { readBytes } from "@/api/artifacts";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { formatBytes } from "@/lib/format";

import { elementsOf, readNpyHead } from "./binary";
import { Cells } from "./Cells";
import type { FileProps } from "./Preview";
import styles from "./Preview.module.css";
import { useFile } from "./useFile";

const MOST_BYTES = 8 << 20;
const MOST_ELEMENTS = 100_000;
const MOST_COLUMNS = 200;

interface Shown {
  name: string;
  about: string;
  /** Null where its elements are not read. */
  rows: unknown[][] | null;
  count: number;
}

/** Arrays: what they are, and the first rows. */
export function NumpyPreview({ ownerId, path, size }: FileProps) {
  const { data, error } = useFile("numpy", ownerId, path, async (signal) => {
    const bytes = new Uint8Array(await readBytes(ownerId, path, 0, Math.min(size, MOST_BYTES), signal));
    if (!path.toLowerCase().endsWith(".npz")) return [shownOf(path.slice(path.lastIndexOf("/") + 1), bytes)];
    if (size > MOST_BYTES) throw new Error(`Archives of more than ${formatBytes(MOST_BYTES)} are not opened here.`);
    return Object.entries(await unzipped(bytes)).map(([name, inside]) => shownOf(name, inside));
  });
  if (error !== null) return <ErrorState error={error} />;
  if (data === undefined) return <Skeleton lines={8} />;
  if (data.length === 0) return <EmptyState title="There are no arrays in it" />;
  return (
    <>
      {data.map((one) => (
        <section key={one.name}>
          <p className={styles.note}>
            <strong>{one.name}</strong> {one.about}
          </p>
          {one.rows === null && <EmptyState title="Its elements are not shown">Python objects are pickles, which run code when they are read.</EmptyState>}
          {one.rows !== null && <Cells table={{ columns: (one.rows[0] ?? []).map((_, at) => ({ name: String(at), type: "" })), rows: one.rows, count: one.count }} />}
        </section>
      ))}
    </>
  );
}

/** Return the arrays of an archive, none of which may be larger than what is shown. */
function unzipped(bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
  return new Promise((resolve, reject) => {
    unzip(bytes, { filter: ({ name, originalSize }) => name.endsWith(".npy") && originalSize <= MOST_BYTES }, (error, files) => {
      if (error === null) resolve(files);
      else reject(new Error("This is no archive of arrays."));
    });
  });
}

function shownOf(name: string, bytes: Uint8Array): Shown {
  const { dtype, shape, isFortran, offset } = readNpyHead(bytes);
  const about = `${dtype} (${shape.join(", ")})${isFortran ? ", columns first" : ""}`;
  const elements = elementsOf(bytes, dtype, offset, MOST_ELEMENTS);
  const count = shape[0] ?? 1;
  if (elements === null) return { name, about, rows: null, count };
  const width = Math.max(1, shape.slice(1).reduce((product, one) => product * one, 1));
  const rows = isFortran && shape.length === 2 ? byColumns(elements, count, width) : byRows(elements, width);
  return { name, about, rows, count: Math.max(count, rows.length) };
}

function byRows(elements: readonly unknown[], width: number): unknown[][] {
  const rows = [];
  for (let at = 0; at < elements.length; at += width) rows.push(elements.slice(at, at + Math.min(width, MOST_COLUMNS)));
  return rows;
}

function byColumns(elements: readonly unknown[], count: number, width: number): unknown[][] {
  if (elements.length < count * width) return byRows(elements, 1);
  return Array.from({ length: count }, (_, row) => Array.from({ length: Math.min(width, MOST_COLUMNS) }, (_column, at) => elements[at * count + row]));
}

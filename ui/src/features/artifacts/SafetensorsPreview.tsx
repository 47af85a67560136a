import { readBytes } from "@/api/artifacts";
import { KeyValues } from "@/components/KeyValues";
import { ErrorState, Skeleton } from "@/components/States";
import { formatBytes, formatNumber } from "@/lib/format";

import { readSafetensors, safetensorsHeaderLength } from "./binary";
import { Cells } from "./Cells";
import type { FileProps } from "./Preview";
import styles from "./Preview.module.css";
import { useFile } from "./useFile";

/** The tensors of a model: their names, types, shapes and sizes; the numbers are not read. */
export function SafetensorsPreview({ ownerId, path, size }: FileProps) {
  const { data, error } = useFile("safetensors", ownerId, path, async (signal) => {
    const length = safetensorsHeaderLength(await readBytes(ownerId, path, 0, Math.min(8, size), signal));
    if (8 + length > size) throw new Error("The file ends in its header.");
    return readSafetensors(new TextDecoder().decode(await readBytes(ownerId, path, 8, 8 + length, signal)));
  });
  if (error !== null) return <ErrorState error={error} />;
  if (data === undefined) return <Skeleton lines={8} />;
  const parameters = data.tensors.reduce((sum, { shape }) => sum + shape.reduce((product, one) => product * one, 1), 0);
  return (
    <>
      <p className={styles.note}>{formatNumber(parameters, 12)} parameters</p>
      {Object.keys(data.metadata).length > 0 && <KeyValues rows={Object.entries(data.metadata)} nothing="" />}
      <Cells
        table={{
          columns: ["name", "type", "shape", "size"].map((name) => ({ name, type: "" })),
          rows: data.tensors.map((tensor) => [tensor.name, tensor.dtype, tensor.shape.join(" × ") || "scalar", formatBytes(tensor.bytes)]),
          count: data.tensors.length,
        }}
      />
    </>
  );
}

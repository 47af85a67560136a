/** Series of points, which travel as binary columns. */
import { decode } from "@msgpack/msgpack";

import { send } from "./client";

export interface Series {
  runId: string;
  key: string;
  steps: Float64Array;
  /** Unix milliseconds. */
  timestamps: Float64Array;
  values: Float64Array;
}

export interface SeriesQuestion {
  runIds: readonly string[];
  keys: readonly string[];
  /** At most so many points each: extremes, first and last are always among them. */
  maxPoints: number;
  /** First and last step, both inclusive. */
  range?: readonly [number, number] | undefined;
}

interface Packed {
  run_id: string;
  key: string;
  steps: Uint8Array;
  timestamps: Uint8Array;
  values: Uint8Array;
}

/** Read the series of these runs and keys; those without points are left out. */
export async function readSeries(asked: SeriesQuestion, signal?: AbortSignal): Promise<Series[]> {
  const body = {
    run_ids: asked.runIds,
    keys: asked.keys,
    max_points: asked.maxPoints,
    start_step: asked.range?.[0] ?? null,
    end_step: asked.range?.[1] ?? null,
  };
  const answer = await send("post", "/api/v1/series/read", body, "application/msgpack", signal);
  const packed = decode(new Uint8Array(await answer.arrayBuffer())) as Packed[];
  return packed.map((one) => ({
    runId: one.run_id,
    key: one.key,
    steps: integers(one.steps),
    timestamps: integers(one.timestamps),
    values: new Float64Array(aligned(one.values)),
  }));
}

function integers(bytes: Uint8Array): Float64Array {
  return Float64Array.from(new BigInt64Array(aligned(bytes)), Number);
}

/** Return a copy that begins where eight bytes may begin. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

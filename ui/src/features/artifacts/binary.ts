/** Arrays in NumPy's and safetensors' formats: what their headers say, and the first numbers. */

export interface ArrayHead {
  dtype: string;
  shape: number[];
  isFortran: boolean;
  /** Where the numbers begin. */
  offset: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const MOST_HEADER = 1 << 20;

/** Return what the header of a .npy file says (NEP 1), or throw what is wrong with it. */
export function readNpyHead(bytes: Uint8Array): ArrayHead {
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) throw new Error("This is no NumPy array.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFirst = bytes[6] === 1;
  const start = isFirst ? 10 : 12;
  if (bytes.length < start) throw new Error("The file ends in its header.");
  const length = isFirst ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MOST_HEADER || start + length > bytes.length) throw new Error("The file ends in its header.");
  const header = new TextDecoder("latin1").decode(bytes.subarray(start, start + length));
  const dtype = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const shape = /'shape':\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (dtype === undefined || shape === undefined) throw new Error("Structured arrays are not shown here.");
  return {
    dtype,
    shape: shape.split(",").filter((one) => one.trim() !== "").map(Number),
    isFortran: /'fortran_order':\s*True/.test(header),
    offset: start + length,
  };
}

type Reader = (view: DataView, at: number, isLittle: boolean) => number | bigint | boolean;

const READERS: Record<string, readonly [size: number, read: Reader]> = {
  b1: [1, (view, at) => view.getUint8(at) !== 0],
  i1: [1, (view, at) => view.getInt8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  i8: [8, (view, at, little) => view.getBigInt64(at, little)],
  u8: [8, (view, at, little) => view.getBigUint64(at, little)],
  f2: [2, (view, at, little) => halfOf(view.getUint16(at, little))],
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
};

function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Return as many elements of an array as are in some bytes, at most so many; null for kinds that are not read. */
export function elementsOf(bytes: Uint8Array, dtype: string, offset: number, most: number): (number | bigint | boolean | string)[] | null {
  const kind = dtype.slice(1);
  const isLittle = !dtype.startsWith(">");
  const text = /^[<>|]?([US])(\d+)$/.exec(dtype);
  if (text !== null) return textsOf(bytes, text[1] === "U" ? 4 : 1, Number(text[2]), offset, most, isLittle);
  const reader = READERS[kind];
  if (reader === undefined) return null;
  const [size, read] = reader;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.min(most, Math.floor((bytes.length - offset) / size));
  return Array.from({ length: Math.max(0, count) }, (_, at) => read(view, offset + at * size, isLittle));
}

function textsOf(bytes: Uint8Array, unit: number, letters: number, offset: number, most: number, isLittle: boolean): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = unit * letters;
  if (size === 0) return [];
  const count = Math.max(0, Math.min(most, Math.floor((bytes.length - offset) / size)));
  return Array.from({ length: count }, (_, at) => {
    let found = "";
    for (let letter = 0; letter < letters; letter++) {
      const place = offset + at * size + letter * unit;
      const code = unit === 4 ? view.getUint32(place, isLittle) : view.getUint8(place);
      if (code !== 0 && code <= 0x10ffff) found += String.fromCodePoint(code);
    }
    return found;
  });
}

export interface Tensor {
  name: string;
  dtype: string;
  shape: number[];
  bytes: number;
}

export interface Tensors {
  tensors: Tensor[];
  metadata: Record<string, string>;
}

/** Return how long the header of a safetensors file is, from its first eight bytes. */
export function safetensorsHeaderLength(bytes: ArrayBuffer): number {
  if (bytes.byteLength < 8) throw new Error("The file ends in its header.");
  const length = new DataView(bytes).getBigUint64(0, true);
  if (length > 100_000_000n) throw new Error("Its header says to be longer than the format allows.");
  return Number(length);
}

/** Return what the header of a safetensors file says. */
export function readSafetensors(header: string): Tensors {
  const given: unknown = JSON.parse(header);
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw new Error("This is no safetensors file.");
  const { __metadata__: metadata, ...rest } = given as Record<string, unknown>;
  const tensors = Object.entries(rest).flatMap(([name, value]): Tensor[] => {
    const { dtype, shape, data_offsets: offsets } = (value ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
    if (typeof dtype !== "string" || !isNumbers(shape) || !isNumbers(offsets)) return [];
    return [{ name, dtype, shape, bytes: (offsets[1] ?? 0) - (offsets[0] ?? 0) }];
  });
  const texts = Object.entries(typeof metadata === "object" && metadata !== null ? metadata : {}).map(([key, value]) => [key, String(value)]);
  return { tensors, metadata: Object.fromEntries(texts) as Record<string, string> };
}

const isNumbers = (value: unknown): value is number[] => Array.isArray(value) && value.every((one) => typeof one === "number");

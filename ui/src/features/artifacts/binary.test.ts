import { expect, test } from "vitest";

import { elementsOf, readNpyHead, readSafetensors, safetensorsHeaderLength } from "./binary";

function npy(header: string, data: number[]): Uint8Array {
  const text = new TextEncoder().encode(header);
  return Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8, ...text, ...data]);
}

test("the header and the numbers of an array", () => {
  const bytes = npy("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2), }\n", [1, 0, 2, 0, 255, 255, 4, 0]);
  const head = readNpyHead(bytes);
  expect(head).toMatchObject({ dtype: "<i2", shape: [2, 2], isFortran: false });
  expect(elementsOf(bytes, head.dtype, head.offset, 10)).toEqual([1, 2, -1, 4]);
});

test("half precision, texts, and what is not read", () => {
  const half = npy("{'descr': '<f2', 'fortran_order': False, 'shape': (3,), }", [0, 0x3c, 0, 0xc0, 1, 0x7c]);
  const { offset } = readNpyHead(half);
  expect(elementsOf(half, "<f2", offset, 3)).toEqual([1, -2, NaN]);
  expect(elementsOf(Uint8Array.from([97, 0, 0, 0, 0xe9, 0, 0, 0]), "<U2", 0, 1)).toEqual(["aé"]);
  expect(elementsOf(new Uint8Array(8), "|O", 0, 1)).toBeNull();
});

test("what is cut, wrong or claims too much is an error", () => {
  expect(() => readNpyHead(new Uint8Array(3))).toThrow("no NumPy");
  expect(() => readNpyHead(Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 255, 255, 255, 255]))).toThrow("header");
  expect(() => readNpyHead(npy("{'descr': [('a', '<i4')], 'shape': (1,)}", []))).toThrow("Structured");
  expect(() => safetensorsHeaderLength(new ArrayBuffer(3))).toThrow("header");
  expect(() => safetensorsHeaderLength(new BigUint64Array([1n << 60n]).buffer)).toThrow("longer");
  expect(() => readSafetensors("[]")).toThrow();
});

test("tensors by their names", () => {
  const header = JSON.stringify({ __metadata__: { format: "pt" }, w: { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] }, odd: 3 });
  expect(readSafetensors(header)).toEqual({ tensors: [{ name: "w", dtype: "F32", shape: [2, 3], bytes: 24 }], metadata: { format: "pt" } });
});

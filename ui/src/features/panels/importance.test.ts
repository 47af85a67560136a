import { describe, expect, test } from "vitest";

import { randomOf } from "./forest";
import { importanceOf, ranks, spearman } from "./importance";

const random = randomOf(7);
const rows = Array.from({ length: 120 }, () => {
  const lr = 10 ** (-4 * random());
  const optimizer = ["adam", "sgd", "lion"][Math.floor(random() * 3)] ?? "adam";
  const noise = random();
  return { params: { lr, optimizer, noise, same: 1 }, y: (Math.log10(lr) + 2) ** 2 + (optimizer === "adam" ? 0 : 1.5) };
});
const keys = ["lr", "optimizer", "noise", "same"];

describe("importance", () => {
  const found = importanceOf(rows, keys);

  test("finds what the metric was made of, and how sure that is", () => {
    expect(new Set(found?.params.slice(0, 2).map(({ name }) => name))).toEqual(new Set(["lr", "optimizer"]));
    const noise = found?.params.find(({ name }) => name === "noise");
    expect(noise?.share).toBeLessThan(0.05);
    for (const { share, low, high } of found?.params ?? []) expect(low <= share && share <= high).toBe(true);
    expect(found?.explained).toBeGreaterThan(0.7);
  });

  test("leaves out what is the same in all runs", () => {
    expect(found?.params.map(({ name }) => name)).not.toContain("same");
  });

  test("is the same each time", () => expect(importanceOf(rows, keys)).toEqual(found));

  test("says nothing of too few runs, and skips those without a finite metric", () => {
    expect(importanceOf(rows.slice(0, 7), keys)).toBeNull();
    expect(importanceOf(rows.slice(0, 10).map((row, at) => (at < 3 ? { ...row, y: NaN } : row)), keys)).toBeNull();
  });

  test("takes runs that lack a param, and metrics that are all the same", () => {
    const holes = rows.map((row, at) => (at % 2 === 0 ? { ...row, params: { noise: row.params.noise } } : row));
    expect(importanceOf(holes, keys)?.n).toBe(120);
    expect(importanceOf(rows.map((row) => ({ ...row, y: 1 })), keys)?.params).toEqual([]);
  });

  test("is quick at a thousand runs", () => {
    const many = Array.from({ length: 1000 }, () => {
      const params = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`p${at}`, random()]));
      return { params, y: (params["p0"] ?? 0) + 0.3 * random() };
    });
    const before = performance.now();
    expect(importanceOf(many, Object.keys(many[0]?.params ?? {}))?.params[0]?.name).toBe("p0");
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

test("ranks are shared by equal values", () => {
  expect([...ranks(Float64Array.from([10, 30, 20, 20]))]).toEqual([0, 1, 0.5, 0.5]);
});

test("Spearman sees any rising relation", () => {
  expect(spearman([1, 2, 3, 4], [1, 10, 100, 1000])).toBeCloseTo(1);
  expect(spearman([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1);
  expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
  expect(spearman([1, 2], [1, 2])).toBeNull();
});

import { expect, test } from "vitest";

import { formatInterval } from "./format";

test("a mean has as many places as its interval", () => {
  expect(formatInterval(1.00049, 0.0020543)).toBe("1.0005 ± 0.0021");
  expect(formatInterval(-12.3456, 4.2)).toBe("−12.3 ± 4.2");
  expect(formatInterval(2, 12.7)).toBe("2 ± 13");
  expect(formatInterval(123456, 0.5)).toBe("123,456.00 ± 0.50");
});

test("without an interval it is a number, and nothing is said that is not so", () => {
  expect(formatInterval(0.5, NaN)).toBe("0.5");
  expect(formatInterval(0.5, 0)).toBe("0.5 ± 0");
  expect(formatInterval(0.5, 3e-12)).toBe("0.5 ± 3e−12");
  expect(formatInterval(NaN, Infinity)).toBe("NaN ± ∞");
});

import { expect, it } from "vitest";

import { SvgPen } from "./svgPen";

const measuring = { font: "", measureText: (text: string) => ({ width: text.length * 6 }) as TextMetrics };

it("writes lines, boxes and texts as they were drawn", () => {
  const pen = new SvgPen(measuring);
  pen.strokeStyle = "#ff0000";
  pen.globalAlpha = 0.5;
  pen.beginPath();
  pen.moveTo(1, 2);
  pen.lineTo(3, 4.567);
  pen.stroke();
  pen.globalAlpha = 1;
  pen.font = "600 11px 'Segoe UI', sans-serif";
  pen.textAlign = "right";
  pen.fillText("a < b", 5, 6);

  const [line, text] = pen.toString().split("\n");
  expect(line).toBe(
    '<path d="M1 2L3 4.57" fill="none" stroke="#ff0000" stroke-opacity="0.5" stroke-width="1" stroke-linejoin="miter"></path>',
  );
  expect(text).toContain('font-size="11" font-family="&#39;Segoe UI&#39;, sans-serif" font-weight="600" text-anchor="end"');
  expect(text).toContain(">a &#60; b</text>");
});

it("squeezes a text into its room, as a canvas does", () => {
  const pen = new SvgPen(measuring);
  pen.fillText("1234567890", 0, 0, 30);
  pen.fillText("1", 0, 0, 30);

  const [long, short] = pen.toString().split("\n");
  expect(long).toContain('textLength="30"');
  expect(short).not.toContain("textLength");
});

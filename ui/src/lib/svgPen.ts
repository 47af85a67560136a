/** A pen that writes SVG: what is drawn on a canvas is drawn with it once more. */
import { escaped } from "./vectors";

/** The part of a canvas's context that drawings use. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "fill"
  | "fillRect"
  | "fillStyle"
  | "fillText"
  | "font"
  | "globalAlpha"
  | "lineJoin"
  | "lineTo"
  | "lineWidth"
  | "measureText"
  | "moveTo"
  | "stroke"
  | "strokeRect"
  | "strokeStyle"
  | "textAlign"
  | "textBaseline"
>;

const ANCHORS = { left: "start", start: "start", center: "middle", right: "end", end: "end" } as const;
const BASELINES = { top: "hanging", hanging: "hanging", middle: "middle", alphabetic: "auto", ideographic: "auto", bottom: "text-after-edge" } as const;

/** Begins as a canvas's context does: black, one pixel wide, opaque. */
export class SvgPen implements Pen {
  fillStyle: Pen["fillStyle"] = "#000000";
  strokeStyle: Pen["strokeStyle"] = "#000000";
  lineWidth = 1;
  lineJoin: CanvasLineJoin = "miter";
  globalAlpha = 1;
  font = "10px sans-serif";
  textAlign: CanvasTextAlign = "start";
  textBaseline: CanvasTextBaseline = "alphabetic";
  private path: string[] = [];
  private readonly parts: string[] = [];

  /** Args: measuring says how wide texts are. */
  constructor(private readonly measuring: Pick<CanvasRenderingContext2D, "font" | "measureText">) {}

  beginPath(): void {
    this.path = [];
  }

  moveTo(x: number, y: number): void {
    this.path.push(`M${round(x)} ${round(y)}`);
  }

  lineTo(x: number, y: number): void {
    this.path.push(`${this.path.length === 0 ? "M" : "L"}${round(x)} ${round(y)}`);
  }

  fill(): void {
    this.add("path", { d: this.path.join(""), ...this.filled() });
  }

  stroke(): void {
    this.add("path", { d: this.path.join(""), ...this.stroked() });
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.add("rect", { ...boxOf(x, y, width, height), ...this.filled() });
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.add("rect", { ...boxOf(x, y, width, height), ...this.stroked() });
  }

  fillText(text: string, x: number, y: number, maxWidth = Infinity): void {
    const squeezed = this.measureText(text).width > maxWidth ? { textLength: round(maxWidth), lengthAdjust: "spacingAndGlyphs" } : {};
    const [, weight = "", size = "", family = ""] = /^(?:(\S+) )?([\d.]+)px (.*)$/.exec(this.font) ?? [];
    const written = {
      x: round(x),
      y: round(y),
      "font-size": size,
      "font-family": family,
      ...(weight === "" ? {} : { "font-weight": weight }),
      "text-anchor": ANCHORS[this.textAlign],
      "dominant-baseline": BASELINES[this.textBaseline],
    };
    this.add("text", { ...written, ...squeezed, ...this.filled() }, text);
  }

  measureText(text: string): TextMetrics {
    this.measuring.font = this.font;
    return this.measuring.measureText(text);
  }

  /** Return all that was drawn. */
  toString(): string {
    return this.parts.join("\n");
  }

  private filled() {
    return { fill: colourOf(this.fillStyle), "fill-opacity": this.globalAlpha };
  }

  private stroked() {
    const stroke = { stroke: colourOf(this.strokeStyle), "stroke-opacity": this.globalAlpha };
    return { fill: "none", ...stroke, "stroke-width": this.lineWidth, "stroke-linejoin": this.lineJoin };
  }

  private add(tag: string, attributes: Record<string, string | number>, text = ""): void {
    const written = Object.entries(attributes).map(([name, value]) => `${name}="${escaped(String(value))}"`);
    this.parts.push(`<${tag} ${written.join(" ")}>${escaped(text)}</${tag}>`);
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;

const boxOf = (x: number, y: number, width: number, height: number) => ({ x: round(x), y: round(y), width: round(width), height: round(height) });

/** Gradients and patterns are not written. */
const colourOf = (style: Pen["fillStyle"]): string => (typeof style === "string" ? style : "none");

import { useEffect, useRef, useState } from "react";
import type { Config } from "vega-lite";

import { rememberVector } from "@/lib/vectors";

import { type Ink, useInk } from "./ink";
import styles from "./canvas.module.css";
import { short } from "./names";

interface Props {
  spec: Record<string, unknown>;
  /** What its data are; those that it brings itself where this is null. */
  data: readonly object[] | null;
  height: number;
  label: string;
}

interface Tip {
  x: number;
  y: number;
  lines: string[];
}

/** A Vega-Lite chart: its expressions are interpreted, not compiled, and it reads nothing from anywhere. */
export function VegaView({ spec, data, height, label }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const ink = useInk();
  const [problem, setProblem] = useState<string | null>(null);
  const [tip, setTip] = useState<Tip | null>(null);

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    let isOver = false;
    let finish: (() => void) | null = null;
    void draw(element, { spec, data, height, ink, onTip: setTip })
      .then((done) => {
        if (isOver) done();
        else finish = done;
        setProblem(null);
      })
      .catch((error: unknown) => {
        if (!isOver) setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => {
      isOver = true;
      finish?.();
    };
  }, [spec, data, height, ink]);

  return (
    <div className={styles.place} style={{ height }}>
      <div ref={host} role="img" aria-label={label.slice(0, 300)} style={{ height: "100%" }} />
      {problem !== null && (
        <p role="alert" className={styles.problem}>
          Vega-Lite says: {problem.slice(0, 500)}
        </p>
      )}
      {tip !== null && (
        <div className={styles.tip} style={{ left: tip.x, top: tip.y }}>
          {tip.lines.map((line, at) => (
            <div key={at}>{line}</div>
          ))}
        </div>
      )}
    </div>
  );
}

interface Given extends Omit<Props, "label"> {
  ink: Ink;
  onTip: (tip: Tip | null) => void;
}

async function draw(element: HTMLElement, { spec, data, height, ink, onTip }: Given): Promise<() => void> {
  const { compileSpec, View, parse, expressionInterpreter, refusingLoader } = await import("./vega");
  // A chart of one view is as large as its place; one of several says itself how large each is.
  const isOne = !["concat", "hconcat", "vconcat", "facet", "repeat"].some((part) => part in spec);
  const sized = isOne ? { width: element.clientWidth, height, autosize: { type: "fit", contains: "padding" }, ...spec } : spec;
  const { vgSpec } = compileSpec({ ...sized, ...(data === null ? {} : { data: { values: [...data] } }) }, configOf(ink));
  const view = new View(parse(vgSpec, {}, { ast: true }), {
    renderer: "canvas",
    container: element,
    hover: true,
    loader: refusingLoader,
    expr: expressionInterpreter,
    logLevel: 0,
  });
  view.tooltip((_, event, __, value: unknown) => {
    if (value === null || value === undefined || value === "") {
      onTip(null);
      return;
    }
    const box = element.getBoundingClientRect();
    onTip({ x: Math.min(event.clientX - box.left + 12, box.width - 120), y: Math.max(0, event.clientY - box.top - 12), lines: linesOf(value) });
  });
  await view.runAsync();
  rememberVector(element, () => view.toSVG());
  const observer = new ResizeObserver(() => {
    if (isOne && !("width" in spec)) void view.width(element.clientWidth).runAsync();
  });
  observer.observe(element);
  return () => {
    observer.disconnect();
    view.finalize();
    element.replaceChildren();
  };
}

const linesOf = (value: unknown): string[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value)
        .slice(0, 12)
        .map(([key, one]) => `${short(key, 30)} ${short(String(one), 60)}`)
    : [short(String(value), 100)];

const configOf = (ink: Ink): Config => ({
  background: "transparent",
  axis: { labelColor: ink.dim, titleColor: ink.dim, gridColor: ink.line, domainColor: ink.strong, tickColor: ink.strong, labelFont: ink.font, titleFont: ink.font, titleFontWeight: "normal" },
  legend: { labelColor: ink.dim, titleColor: ink.dim, labelFont: ink.font, titleFont: ink.font, titleFontWeight: "normal", labelLimit: 120 },
  title: { color: ink.text, font: ink.font },
  style: { cell: { stroke: ink.line } },
  point: { color: ink.accent },
  bar: { color: ink.accent },
  line: { color: ink.accent },
});

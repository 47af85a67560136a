import { useQueries } from "@tanstack/react-query";
import { Minus, Plus } from "lucide-react";
import { useMemo, useState } from "react";

import { edgesQuery } from "@/api/queries";
import type { Edge, Node } from "@/api/types";
import { Button } from "@/components/Button";
import { ErrorState } from "@/components/States";
import { formatCount } from "@/lib/format";

import { Details } from "./Details";
import { folded, onSide } from "./folding";
import { type Placed, keyOf, laidOut } from "./graph";
import { KINDS } from "./kinds";
import styles from "./LineageView.module.css";
import { useNames } from "./useNames";

const [WIDTH, HEIGHT, GAP_X, GAP_Y] = [200, 46, 90, 14];
const SIDES = { both: "Both", up: "Made from", down: "Made into" } as const;
const SCALES = [0.25, 0.4, 0.6, 0.8, 1, 1.25, 1.5];
const WHOLE = SCALES.indexOf(1);

/** What a thing was made from and what was made of it, step by step. */
export function LineageView({ root }: { root: Node }) {
  const [opened, setOpened] = useState<readonly Node[]>([root]);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<Node>(root);
  const [side, setSide] = useState<keyof typeof SIDES>("both");
  const [zoom, setZoom] = useState(WHOLE);
  const { failed, edges } = useQueries({
    queries: opened.map(edgesQuery),
    combine: (answers) => ({ failed: answers.find(({ error }) => error !== null), edges: answers.flatMap(({ data }) => data ?? []) }),
  });
  const nameOf = useNames(edges, root);
  const { graph, folds } = useMemo(() => {
    const isKept = (node: Node) => opened.some((one) => keyOf(one) === keyOf(node));
    const shown = folded(onSide(edges, root, side), isKept, unfolded);
    return { graph: laidOut(root, shown.edges), folds: shown.folds };
  }, [root, edges, side, opened, unfolded]);
  if (failed !== undefined) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  const isOpen = (node: Node) => opened.some((one) => keyOf(one) === keyOf(node));
  const places = new Map(graph.nodes.map((one) => [one.key, one]));
  const size = {
    width: (Math.max(...graph.nodes.map((one) => one.layer)) + 1) * (WIDTH + GAP_X),
    height: (Math.max(...graph.nodes.map((one) => one.row)) + 1) * (HEIGHT + GAP_Y),
  };
  const scale = SCALES[zoom] ?? 1;
  const choose = (node: Node) => {
    const fold = folds.get(keyOf(node));
    if (fold !== undefined) {
      setUnfolded(new Set([...unfolded, fold.key]));
      return;
    }
    setChosen(node);
    if (!isOpen(node)) setOpened([...opened, node]);
  };
  return (
    <div className={styles.view}>
      <div
        className={styles.canvas}
        tabIndex={0}
        role="region"
        aria-label="Graph"
        onWheel={(event) => {
          if (!event.ctrlKey && !event.metaKey) return;
          setZoom(Math.max(0, Math.min(SCALES.length - 1, zoom - Math.sign(event.deltaY))));
        }}
      >
        <div className={styles.tools}>
          <select aria-label="Which side" value={side} onChange={(event) => setSide(event.target.value as keyof typeof SIDES)}>
            {Object.entries(SIDES).map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
          <Button kind="quiet" icon={<Minus />} aria-label="Smaller" disabled={zoom === 0} onClick={() => setZoom(zoom - 1)} />
          <Button kind="quiet" icon={<Plus />} aria-label="Larger" disabled={zoom === SCALES.length - 1} onClick={() => setZoom(zoom + 1)} />
          <span>{formatCount(graph.nodes.length, "thing")}</span>
        </div>
        <div style={{ width: size.width * scale, height: size.height * scale }}>
          <div className={styles.plane} style={{ ...size, transform: `scale(${scale})` }}>
            <svg className={styles.edges} width={size.width} height={size.height} aria-hidden>
              {graph.edges.map((edge) => (
                <path key={`${keyOf(edge.source)}>${keyOf(edge.target)}>${edge.relation}`} d={pathOf(places, edge)} />
              ))}
            </svg>
            {graph.nodes.map((placed) => {
              const fold = folds.get(placed.key);
              return (
                <button
                  key={placed.key}
                  type="button"
                  className={styles.node}
                  data-kind={placed.node.kind}
                  data-open={isOpen(placed.node)}
                  aria-pressed={keyOf(chosen) === placed.key}
                  style={{ left: leftOf(placed), top: topOf(placed), width: WIDTH, height: HEIGHT }}
                  onClick={() => choose(placed.node)}
                >
                  <small>{KINDS[placed.node.kind]}</small>
                  <span>{fold === undefined ? nameOf(placed.node).slice(0, 80) : `${formatCount(fold.count, KINDS[fold.kind])}: show them`}</span>
                </button>
              );
            })}
          </div>
        </div>
      </div>
      <Details node={chosen} edges={edges} nameOf={nameOf} onChoose={choose} />
    </div>
  );
}

const leftOf = (one: Placed): number => one.layer * (WIDTH + GAP_X);
const topOf = (one: Placed): number => one.row * (HEIGHT + GAP_Y);

function pathOf(places: ReadonlyMap<string, Placed>, edge: Edge): string {
  const [from, to] = [places.get(keyOf(edge.source)), places.get(keyOf(edge.target))];
  if (from === undefined || to === undefined) return "";
  const [x1, y1] = [leftOf(from) + WIDTH, topOf(from) + HEIGHT / 2];
  const [x2, y2] = [leftOf(to), topOf(to) + HEIGHT / 2];
  const bend = Math.max(40, (x2 - x1) / 2);
  return `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
}

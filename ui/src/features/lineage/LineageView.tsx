import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { edgesQuery, firstRunsQuery } from "@/api/queries";
import type { Edge, Node } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { EmptyState, ErrorState } from "@/components/States";
import { formatCount, shortId } from "@/lib/format";

import styles from "./LineageView.module.css";
import { type Placed, keyOf, laidOut } from "./graph";

const KINDS: Record<Node["kind"], string> = {
  blob: "file",
  code: "code",
  dataset: "dataset",
  model: "logged model",
  model_version: "model version",
  run: "run",
};
const [WIDTH, HEIGHT, GAP_X, GAP_Y] = [200, 46, 90, 14];

/** What a thing was made from and what was made of it, step by step. */
export function LineageView({ root }: { root: Node }) {
  const [opened, setOpened] = useState<readonly Node[]>([root]);
  const [chosen, setChosen] = useState<Node>(root);
  const answers = useQueries({ queries: opened.map(edgesQuery) });
  const failed = answers.find(({ error }) => error !== null);
  const edges = useMemo(() => answers.flatMap(({ data }) => data ?? []), [answers]);
  const graph = useMemo(() => laidOut(root, edges), [root, edges]);
  if (failed !== undefined) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  const isOpen = (node: Node) => opened.some((one) => keyOf(one) === keyOf(node));
  const places = new Map(graph.nodes.map((one) => [one.key, one]));
  const size = {
    width: (Math.max(...graph.nodes.map((one) => one.layer)) + 1) * (WIDTH + GAP_X),
    height: (Math.max(...graph.nodes.map((one) => one.row)) + 1) * (HEIGHT + GAP_Y),
  };
  return (
    <div className={styles.view}>
      <div className={styles.canvas} tabIndex={0} role="region" aria-label="Lineage">
        <div className={styles.plane} style={size}>
          <svg className={styles.edges} width={size.width} height={size.height} aria-hidden>
            {graph.edges.map((edge) => (
              <path key={`${keyOf(edge.source)}>${keyOf(edge.target)}>${edge.relation}`} d={pathOf(places, edge)} />
            ))}
          </svg>
          {graph.nodes.map((placed) => (
            <button
              key={placed.key}
              type="button"
              className={styles.node}
              data-kind={placed.node.kind}
              data-open={isOpen(placed.node)}
              aria-pressed={keyOf(chosen) === placed.key}
              style={{ left: leftOf(placed), top: topOf(placed), width: WIDTH, height: HEIGHT }}
              onClick={() => {
                setChosen(placed.node);
                if (!isOpen(placed.node)) setOpened([...opened, placed.node]);
              }}
            >
              <small>{KINDS[placed.node.kind]}</small>
              <span>{labelOf(placed.node, graph.edges)}</span>
            </button>
          ))}
        </div>
      </div>
      <Details node={chosen} edges={graph.edges} onChoose={setChosen} />
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

/** What a thing is called: by its relations where these say so, else by its id. */
function labelOf(node: Node, edges: readonly Edge[]): string {
  if (node.kind === "model_version") return node.id;
  const said = edges.find((edge) => edge.label !== "" && (keyOf(edge.source) === keyOf(node) || keyOf(edge.target) === keyOf(node)));
  if (node.kind === "blob" && said !== undefined) return said.label;
  return node.kind === "run" || node.kind === "model" ? shortId(node.id) : node.id.slice(0, 40);
}

function Details({ node, edges, onChoose }: { node: Node; edges: readonly Edge[]; onChoose: (node: Node) => void }) {
  const up = edges.filter((edge) => keyOf(edge.target) === keyOf(node));
  const down = edges.filter((edge) => keyOf(edge.source) === keyOf(node));
  return (
    <aside className={styles.details} aria-label="Details">
      <Badge tone="info">{KINDS[node.kind]}</Badge>
      <code className={styles.id}>{node.id}</code>
      <NodeLink node={node} />
      <Neighbours title="Made from" edges={up} pick={(edge) => edge.source} onChoose={onChoose} />
      <Neighbours title="Made into" edges={down} pick={(edge) => edge.target} onChoose={onChoose} />
    </aside>
  );
}

function NodeLink({ node }: { node: Node }) {
  if (node.kind === "run") {
    return (
      <Link to="/runs/$runId" params={{ runId: node.id }}>
        Open the run
      </Link>
    );
  }
  if (node.kind === "model_version") {
    const at = node.id.lastIndexOf("/");
    return (
      <Link to="/models/$name/$version" params={{ name: node.id.slice(0, at), version: node.id.slice(at + 1) }}>
        Open the version
      </Link>
    );
  }
  return null;
}

interface NeighboursProps {
  title: string;
  edges: readonly Edge[];
  pick: (edge: Edge) => Node;
  onChoose: (node: Node) => void;
}

const LISTED = 50;

function Neighbours({ title, edges, pick, onChoose }: NeighboursProps) {
  return (
    <section>
      <h3>{title}</h3>
      {edges.length === 0 && <p className={styles.dim}>Nothing that is known.</p>}
      <ul>
        {edges.slice(0, LISTED).map((edge, at) => {
          const node = pick(edge);
          return (
            <li key={at}>
              <button type="button" className={styles.link} onClick={() => onChoose(node)}>
                {KINDS[node.kind]} {node.kind === "run" ? shortId(node.id) : node.id.slice(0, 40)}
              </button>
              <small className={styles.dim}>
                {edge.relation} {edge.label.slice(0, 60)}
              </small>
            </li>
          );
        })}
      </ul>
      {edges.length > LISTED && <p className={styles.dim}>and {formatCount(edges.length - LISTED, "other")}</p>}
    </section>
  );
}

/** Where to begin when no thing was named: runs by their names. */
export function LineageStart({ onChoose }: { onChoose: (node: Node) => void }) {
  const [typed, setTyped] = useState("");
  const filter = typed === "" ? "" : `run_name ILIKE '%${typed.replaceAll("'", "''")}%'`;
  const { data = [] } = useQuery(firstRunsQuery({ experimentIds: null, filter, orderBy: [] }, 20));
  return (
    <div className={styles.start}>
      <input
        type="search"
        placeholder="Find a run by its name"
        aria-label="Find a run"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <ul>
        {data.map(({ info }) => (
          <li key={info.run_id}>
            <Button kind="quiet" onClick={() => onChoose({ kind: "run", id: info.run_id })}>
              {info.run_name.slice(0, 80)}
            </Button>
          </li>
        ))}
      </ul>
      {data.length === 0 && <EmptyState title="No run has such a name" />}
    </div>
  );
}

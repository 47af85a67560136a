import { Link } from "@tanstack/react-router";

import type { Edge, Node } from "@/api/types";
import { Badge } from "@/components/Badge";
import { CopyButton } from "@/components/CopyButton";
import { Ago } from "@/components/Time";
import { formatCount } from "@/lib/format";

import { keyOf } from "./graph";
import { KINDS } from "./kinds";
import styles from "./LineageView.module.css";

interface Props {
  node: Node;
  edges: readonly Edge[];
  nameOf: (node: Node) => string;
  onChoose: (node: Node) => void;
}

/** One thing: what it is, what it was made from, and what was made of it. */
export function Details({ node, edges, nameOf, onChoose }: Props) {
  const up = edges.filter((edge) => keyOf(edge.target) === keyOf(node));
  const down = edges.filter((edge) => keyOf(edge.source) === keyOf(node));
  return (
    <aside className={styles.details} aria-label="Details">
      <Badge tone="info">{KINDS[node.kind]}</Badge>
      <strong className={styles.id}>{nameOf(node).slice(0, 300)}</strong>
      <span className={styles.id}>
        <code>{node.id.slice(0, 300)}</code> <CopyButton text={node.id} label="Copy its id" />
      </span>
      <NodeLink node={node} />
      <Link to="/lineage" search={{ kind: node.kind, id: node.id }}>
        Begin here
      </Link>
      <Neighbours title="Made from" edges={up} pick={(edge) => edge.source} nameOf={nameOf} onChoose={onChoose} />
      <Neighbours title="Made into" edges={down} pick={(edge) => edge.target} nameOf={nameOf} onChoose={onChoose} />
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

interface NeighboursProps extends Pick<Props, "nameOf" | "onChoose"> {
  title: string;
  edges: readonly Edge[];
  pick: (edge: Edge) => Node;
}

const LISTED = 50;

function Neighbours({ title, edges, pick, nameOf, onChoose }: NeighboursProps) {
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
                {KINDS[node.kind]} {nameOf(node).slice(0, 60)}
              </button>
              <small className={styles.dim}>
                {edge.relation} {edge.label.slice(0, 60)} {edge.created_ms > 0 && <Ago ms={edge.created_ms} />}
              </small>
            </li>
          );
        })}
      </ul>
      {edges.length > LISTED && <p className={styles.dim}>and {formatCount(edges.length - LISTED, "other")}</p>}
    </section>
  );
}

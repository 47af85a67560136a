import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight, Star } from "lucide-react";
import { useState } from "react";

import { experimentsQuery } from "@/api/queries";
import type { Experiment } from "@/api/types";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { Ago } from "@/components/Time";
import { type TreeNode, treeOf } from "@/lib/experimentTree";

import styles from "./ExperimentTree.module.css";
import { useFavourites } from "./useFavourites";

const FIRST_PROGRAM = (address: string) => `export RUNSTONE_TRACKING_URI=${address}
python - <<'EOF'
import runstone

with runstone.start_run(run_name="first"):
    runstone.log_param("lr", 0.1)
    for step in range(100):
        runstone.log_metric("loss", 1 / (step + 1), step=step)
EOF`;

/** All experiments as a tree by the slashes in their names; favourites first. */
export function ExperimentTree() {
  const { data, error, refetch } = useQuery(experimentsQuery);
  const [typed, setTyped] = useState("");
  const favourites = useFavourites();
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton lines={8} />;
  const found = data.filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase()));
  if (data.length === 0) {
    return (
      <EmptyState title="No experiments yet" command={FIRST_PROGRAM(window.location.origin)}>
        Log a run, and it is here a moment later.
      </EmptyState>
    );
  }
  const starred = found.filter(({ experiment_id }) => favourites.has(experiment_id));
  return (
    <section aria-label="Experiments">
      <input
        type="search"
        className={styles.search}
        placeholder="Filter experiments"
        aria-label="Filter experiments"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {starred.length > 0 && (
        <ul className={styles.list} aria-label="Favourites">
          {starred.map((one) => (
            <li key={one.experiment_id}>
              <Row experiment={one} label={one.name} depth={0} favourites={favourites} />
            </li>
          ))}
        </ul>
      )}
      <ul className={styles.list}>
        {treeOf(found).map((node) => (
          <Node key={node.path} node={node} depth={0} isOpen={typed !== ""} favourites={favourites} />
        ))}
      </ul>
      {found.length === 0 && <p className={styles.nothing}>No experiment has “{typed}” in its name.</p>}
    </section>
  );
}

interface NodeProps {
  node: TreeNode<Experiment>;
  depth: number;
  isOpen: boolean;
  favourites: ReturnType<typeof useFavourites>;
}

function Node({ node, depth, isOpen, favourites }: NodeProps) {
  const [isUnfolded, setUnfolded] = useState(depth === 0);
  const isShown = isOpen || isUnfolded;
  const fold = (
    <button
      type="button"
      className={styles.fold}
      aria-expanded={isShown}
      aria-label={`${isShown ? "Fold" : "Unfold"} ${node.label}`}
      onClick={() => setUnfolded(!isUnfolded)}
    >
      <ChevronRight size={14} style={isShown ? { rotate: "90deg" } : undefined} />
    </button>
  );
  return (
    <li>
      {node.item === null ? (
        <div className={styles.row} style={{ paddingInlineStart: depth * 18 }}>
          {fold}
          <span className={styles.folder}>{node.label}/</span>
          <span className={styles.count}>{node.count}</span>
        </div>
      ) : (
        <Row
          experiment={node.item}
          label={node.label}
          depth={depth}
          favourites={favourites}
          fold={node.children.length > 0 ? fold : undefined}
        />
      )}
      {isShown && node.children.length > 0 && (
        <ul>
          {node.children.map((child) => (
            <Node key={child.path} node={child} depth={depth + 1} isOpen={isOpen} favourites={favourites} />
          ))}
        </ul>
      )}
    </li>
  );
}

interface RowProps {
  experiment: Experiment;
  label: string;
  depth: number;
  favourites: ReturnType<typeof useFavourites>;
  fold?: React.ReactNode;
}

function Row({ experiment, label, depth, favourites, fold }: RowProps) {
  const id = experiment.experiment_id;
  const isFavourite = favourites.has(id);
  return (
    <div className={styles.row} style={{ paddingInlineStart: depth * 18 }}>
      {fold ?? <span className={styles.indent} />}
      <Link to="/experiments/$experimentIds" params={{ experimentIds: id }} className={styles.name} title={experiment.name}>
        {label}
      </Link>
      <button
        type="button"
        className={styles.star}
        aria-pressed={isFavourite}
        aria-label={`Favourite ${experiment.name}`}
        onClick={() => favourites.toggle(id)}
      >
        <Star size={14} fill={isFavourite ? "currentcolor" : "none"} />
      </button>
      <span className={styles.when}><Ago ms={experiment.last_update_time} /></span>
    </div>
  );
}

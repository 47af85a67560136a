import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight, Plus } from "lucide-react";
import { useMemo, useState } from "react";

import { experimentRunsQuery, experimentsQuery } from "@/api/queries";
import type { Experiment } from "@/api/types";
import { Button } from "@/components/Button";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { type TreeNode, treeOf } from "@/lib/experimentTree";
import { formatCount } from "@/lib/format";

import { DeletedExperiments } from "./DeletedExperiments";
import { ExperimentRow, type RowContext } from "./ExperimentRow";
import styles from "./ExperimentTree.module.css";
import { NameDialog } from "./NameDialog";
import { useExperimentChanges } from "./useExperimentChanges";
import { useFavourites } from "./useFavourites";

const FIRST_PROGRAM = (address: string) => `export RUNSTONE_TRACKING_URI=${address}
python - <<'EOF'
import runstone

with runstone.start_run(run_name="first"):
    runstone.log_param("lr", 0.1)
    for step in range(100):
        runstone.log_metric("loss", 1 / (step + 1), step=step)
EOF`;

/** All experiments as a tree by the slashes in their names, or by when something happened; favourites first. */
export function ExperimentTree() {
  const { data, error, refetch } = useQuery(experimentsQuery);
  const { data: activity } = useQuery(experimentRunsQuery);
  const { create } = useExperimentChanges();
  const [typed, setTyped] = useState("");
  const [isByActivity, setByActivity] = useState(false);
  const [isNaming, setNaming] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const favourites = useFavourites();
  const found = useMemo(() => (data ?? []).filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase())), [data, typed]);
  const tree = useMemo(() => treeOf(found), [found]);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton lines={8} />;
  if (data.length === 0) {
    return (
      <EmptyState title="No experiments yet" command={FIRST_PROGRAM(window.location.origin)}>
        Log a run, and it is here a moment later.
      </EmptyState>
    );
  }
  const context: RowContext = {
    favourites,
    activityOf: (id) => activity?.get(id),
    isSelected: (id) => selected.has(id),
    onSelect: (id, isSelected) => {
      const next = new Set(selected);
      if (isSelected) next.add(id);
      else next.delete(id);
      setSelected(next);
    },
  };
  const starred = found.filter(({ experiment_id: id }) => favourites.has(id));
  const lastOf = (one: Experiment) => activity?.get(one.experiment_id)?.last_start_time ?? one.creation_time;
  return (
    <section aria-label="Experiments">
      <div className={styles.tools}>
        <input
          type="search"
          className={styles.search}
          placeholder="Filter experiments"
          aria-label="Filter experiments"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <select className={styles.order} aria-label="Order" value={isByActivity ? "activity" : "name"} onChange={(event) => setByActivity(event.target.value === "activity")}>
          <option value="name">By name</option>
          <option value="activity">Latest first</option>
        </select>
        <Button icon={<Plus />} onClick={() => setNaming(true)}>
          New
        </Button>
      </div>
      {selected.size > 1 && (
        <Link to="/experiments/$experimentIds" params={{ experimentIds: [...selected].join(",") }} className={styles.together}>
          Open {formatCount(selected.size, "experiment")} together
        </Link>
      )}
      {starred.length > 0 && (
        <ul className={styles.list} aria-label="Favourites">
          {starred.map((one) => (
            <li key={one.experiment_id}>
              <ExperimentRow experiment={one} label={one.name} depth={0} context={context} />
            </li>
          ))}
        </ul>
      )}
      <ul className={styles.list}>
        {isByActivity
          ? [...found]
              .sort((one, other) => lastOf(other) - lastOf(one))
              .map((one) => (
                <li key={one.experiment_id}>
                  <ExperimentRow experiment={one} label={one.name} depth={0} context={context} />
                </li>
              ))
          : tree.map((node) => <Node key={node.path} node={node} depth={0} isOpen={typed !== ""} context={context} />)}
      </ul>
      {found.length === 0 && <p className={styles.nothing}>No experiment has “{typed.slice(0, 100)}” in its name.</p>}
      <DeletedExperiments />
      {isNaming && (
        <NameDialog title="New experiment" action="Make it" name="" onClose={() => setNaming(false)} onName={create} hint="Slashes in its name make folders: vision/digits." />
      )}
    </section>
  );
}

interface NodeProps {
  node: TreeNode<Experiment>;
  depth: number;
  isOpen: boolean;
  context: RowContext;
}

function Node({ node, depth, isOpen, context }: NodeProps) {
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
        <ExperimentRow experiment={node.item} label={node.label} depth={depth} context={context} fold={node.children.length > 0 ? fold : undefined} />
      )}
      {isShown && node.children.length > 0 && (
        <ul>
          {node.children.map((child) => (
            <Node key={child.path} node={child} depth={depth + 1} isOpen={isOpen} context={context} />
          ))}
        </ul>
      )}
    </li>
  );
}

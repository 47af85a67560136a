import { Link } from "@tanstack/react-router";
import { Copy, MoreHorizontal, Pencil, Star, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";

import type { Experiment, ExperimentRuns } from "@/api/types";
import { Button } from "@/components/Button";
import { Menu } from "@/components/Menu";
import { Ago } from "@/components/Time";
import { formatCount } from "@/lib/format";

import styles from "./ExperimentTree.module.css";
import { NameDialog } from "./NameDialog";
import { useExperimentChanges } from "./useExperimentChanges";
import type { useFavourites } from "./useFavourites";

export interface RowContext {
  favourites: ReturnType<typeof useFavourites>;
  activityOf: (experimentId: string) => ExperimentRuns | undefined;
  isSelected: (experimentId: string) => boolean;
  onSelect: (experimentId: string, isSelected: boolean) => void;
}

interface Props {
  experiment: Experiment;
  label: string;
  depth: number;
  context: RowContext;
  fold?: ReactNode;
}

/** An experiment: how many runs it has, when something happened last, and what may be done with it. */
export function ExperimentRow({ experiment, label, depth, context, fold }: Props) {
  const { experiment_id: id, name } = experiment;
  const { rename, remove } = useExperimentChanges();
  const [isRenaming, setRenaming] = useState(false);
  const isFavourite = context.favourites.has(id);
  const activity = context.activityOf(id);
  return (
    <div className={styles.row} style={{ paddingInlineStart: depth * 18 }}>
      {fold ?? <span className={styles.indent} />}
      <input
        type="checkbox"
        className={styles.check}
        aria-label={`Select ${name}`}
        checked={context.isSelected(id)}
        onChange={(event) => context.onSelect(id, event.target.checked)}
      />
      <Link to="/experiments/$experimentIds" params={{ experimentIds: id }} className={styles.name} title={name}>
        {label}
      </Link>
      <button type="button" className={styles.star} aria-pressed={isFavourite} aria-label={`Favourite ${name}`} onClick={() => context.favourites.toggle(id)}>
        <Star size={14} fill={isFavourite ? "currentcolor" : "none"} />
      </button>
      <span className={styles.activity}>
        {activity !== undefined && activity.running > 0 && <span className={styles.running}>{activity.running} running</span>}
        <span>{formatCount(activity?.runs ?? 0, "run")}</span>
        <span className={styles.when}>
          <Ago ms={activity?.last_start_time ?? experiment.last_update_time} />
        </span>
      </span>
      <Menu
        label={`What to do with ${name}`}
        align="end"
        trigger={(props) => <Button {...props} kind="quiet" icon={<MoreHorizontal />} aria-label={`Actions on ${name}`} className={styles.more} />}
        items={[
          { label: "Rename…", icon: <Pencil />, onSelect: () => setRenaming(true) },
          { label: "Copy its id", icon: <Copy />, onSelect: () => void navigator.clipboard.writeText(id) },
          "line",
          { label: "Delete", icon: <Trash2 />, isDangerous: true, onSelect: () => void remove(experiment) },
        ]}
      />
      {isRenaming && <NameDialog title={`Rename ${name.slice(0, 80)}`} action="Rename" name={name} onClose={() => setRenaming(false)} onName={(next) => rename(id, next)} />}
    </div>
  );
}

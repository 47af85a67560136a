import { Link, useNavigate } from "@tanstack/react-router";
import { Eye, EyeOff } from "lucide-react";
import { useMemo } from "react";

import type { Run } from "@/api/types";
import { StatusBadge } from "@/components/Badge";
import { type Column, DataTable } from "@/components/DataTable";
import { Ago, Took } from "@/components/Time";
import { COLOUR_TAG, colourOf } from "@/lib/colour";
import { type Field, fieldOf, isNumeric, textOf, titleOf } from "@/lib/fields";
import type { Workspace } from "@/lib/workspace";

import { chosenByItself } from "./columns";
import styles from "./RunsTable.module.css";

interface Props {
  runs: readonly Run[];
  /** How many there are in all. */
  count: number;
  workspace: Workspace;
  onChange: (change: Partial<Workspace>) => void;
  onReach: (lastIndex: number) => void;
  selected: ReadonlySet<string>;
  onSelect: (runIds: readonly string[], isSelected: boolean) => void;
}

/** The runs of experiments: what the address says of columns, order and what is hidden. */
export function RunsTable({ runs, count, workspace, onChange, onReach, selected, onSelect }: Props) {
  const navigate = useNavigate();
  const fields = useMemo(
    () => workspace.columns?.map(fieldOf) ?? chosenByItself(runs.slice(0, 100)),
    [runs, workspace.columns],
  );
  const hidden = useMemo(() => new Set(workspace.hidden), [workspace.hidden]);
  const pinned = new Set(workspace.pinned);
  const sorting = readSort(workspace.sort);

  const name: Column<Run> = {
    id: "run_name",
    title: "Name",
    width: 260,
    isPinned: true,
    isSortable: true,
    render: (run) => {
      const id = run.info.run_id;
      const isHidden = hidden.has(id);
      return (
        <>
          <input
            type="checkbox"
            className={styles.check}
            aria-label={`Select ${run.info.run_name}`}
            checked={selected.has(id)}
            onChange={(event) => onSelect([id], event.target.checked)}
          />
          <button
            type="button"
            className={styles.eye}
            aria-pressed={!isHidden}
            aria-label={`Draw ${run.info.run_name}`}
            onClick={() => onChange({ hidden: isHidden ? without(workspace.hidden, id) : [...(workspace.hidden ?? []), id] })}
          >
            {isHidden ? <EyeOff size={13} /> : <Eye size={13} style={{ color: colourOf(id, run.tags[COLOUR_TAG]) }} />}
          </button>
          <span className={styles.swatch} style={{ background: colourOf(id, run.tags[COLOUR_TAG]) }} />
          <Link to="/runs/$runId" params={{ runId: id }} className={styles.name} title={run.info.run_name}>
            {run.info.run_name}
          </Link>
        </>
      );
    },
  };
  const columns = [
    name,
    ...fields.map((field): Column<Run> => ({
      id: field.id,
      title: titleOf(field),
      width: field.entity === "attribute" ? 110 : 120,
      isSortable: true,
      isNumeric: field.entity !== "attribute" && isNumeric(runs.slice(0, 50), field),
      isPinned: pinned.has(field.id),
      render: (run) => <CellValue run={run} field={field} />,
    })),
  ].sort((one, other) => Number(other.isPinned ?? false) - Number(one.isPinned ?? false));

  return (
    <DataTable
      label="Runs"
      columns={columns}
      count={count}
      rowAt={(index) => runs[index]}
      keyOf={(run) => run.info.run_id}
      onReach={onReach}
      sorting={sorting}
      onSort={(next) => onChange({ sort: next === null ? undefined : `${next.isDescending ? "-" : ""}${next.id}` })}
      widths={workspace.widths ?? {}}
      onResize={(id, width) => onChange({ widths: { ...workspace.widths, [id]: Math.round(width) } })}
      onMove={(id, beforeId) => onChange({ columns: moved(fields.map((field) => field.id), id, beforeId) })}
      onOpen={(run) => void navigate({ to: "/runs/$runId", params: { runId: run.info.run_id } })}
      isSelected={(run) => selected.has(run.info.run_id)}
    />
  );
}

function CellValue({ run, field }: { run: Run; field: Field }) {
  const { info } = run;
  switch (field.id) {
    case "status":
      return <StatusBadge status={info.status} reason={info.status_reason} />;
    case "start_time":
      return <Ago ms={info.start_time} />;
    case "duration":
      return <Took startMs={info.start_time} endMs={info.end_time} />;
    default: {
      const text = textOf(run, field);
      return <span title={text.slice(0, 2000)}>{text.slice(0, 200)}</span>;
    }
  }
}

function readSort(sort: string | undefined): { id: string; isDescending: boolean } | null {
  if (sort === undefined) return null;
  return sort.startsWith("-") ? { id: sort.slice(1), isDescending: true } : { id: sort, isDescending: false };
}

function without(ids: readonly string[] | undefined, id: string): string[] {
  return (ids ?? []).filter((one) => one !== id);
}

function moved(ids: readonly string[], id: string, beforeId: string): string[] {
  const rest = ids.filter((one) => one !== id);
  const at = rest.indexOf(beforeId);
  return at < 0 ? [...ids] : [...rest.slice(0, at), id, ...rest.slice(at)];
}

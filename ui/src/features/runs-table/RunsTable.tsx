import { useNavigate } from "@tanstack/react-router";
import { ChevronRight, Eye, EyeOff } from "lucide-react";
import { useMemo, useState } from "react";

import { StatusBadge } from "@/components/Badge";
import { type Column, DataTable } from "@/components/DataTable";
import { Ago, Took } from "@/components/Time";
import { colourOf } from "@/lib/colour";
import { type Field, NOTE_TAG, fieldOf, isNumeric, textOf, titleOf } from "@/lib/fields";
import { intervalOf } from "@/lib/statistics";
import { formatDuration } from "@/lib/time";
import type { RunRow } from "@/lib/useRunRows";
import type { Workspace } from "@/lib/workspace";

import { type Group, type TableRow, grouped, summaryOf } from "./groups";
import { RunColour } from "./RunColour";
import { RunName } from "./RunName";
import { RunNote } from "./RunNote";
import styles from "./RunsTable.module.css";

interface Props {
  /** The columns beside the name. */
  columns: readonly string[];
  count: number;
  rowAt: (index: number) => RunRow | undefined;
  /** Those that are here: what is grouped, and what is looked at to see which columns hold numbers. */
  loaded: readonly RunRow[];
  onReach: (first: number, last: number) => void;
  workspace: Workspace;
  onChange: (change: Partial<Workspace>) => void;
  selected: ReadonlySet<string>;
  onSelect: (runIds: readonly string[], isSelected: boolean) => void;
  experimentNames: ReadonlyMap<string, string>;
}

/** The runs of experiments: what the address says of columns, order, groups and what is hidden. */
export function RunsTable(props: Props) {
  const { columns, count, rowAt, loaded, onReach, workspace, onChange, selected, onSelect, experimentNames } = props;
  const navigate = useNavigate();
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const [lastPicked, setLastPicked] = useState<number | null>(null);
  const { group } = workspace;
  const rows = useMemo(() => (group === undefined ? null : grouped(loaded, group, unfolded)), [loaded, group, unfolded]);
  const hidden = useMemo(() => new Set(workspace.hidden), [workspace.hidden]);
  const pinned = new Set(workspace.pinned);
  const sample = loaded.slice(0, 50);

  const at = (index: number): TableRow | undefined => {
    if (rows !== null) return rows[index];
    const run = rowAt(index);
    return run === undefined ? undefined : rowOf(run);
  };
  const show = (ids: readonly string[], isShown: boolean) => {
    const next = new Set(hidden);
    for (const id of ids) {
      if (isShown) next.delete(id);
      else next.add(id);
    }
    onChange({ hidden: next.size === 0 ? undefined : [...next] });
  };
  const pick = (row: TableRow, isSelected: boolean, index: number, isRange: boolean) => {
    const range = isRange && lastPicked !== null ? [Math.min(lastPicked, index), Math.max(lastPicked, index)] : [index, index];
    setLastPicked(index);
    const picked = Array.from({ length: (range[1] ?? index) - (range[0] ?? index) + 1 }, (_, by) => at((range[0] ?? index) + by));
    onSelect(
      [...picked, row].flatMap((one) => (one === undefined ? [] : idsOf(one))),
      isSelected,
    );
  };

  const name: Column<TableRow> = {
    id: "run_name",
    title: "Name",
    width: 230,
    isPinned: true,
    isSortable: true,
    render: (row, index) => {
      const ids = idsOf(row);
      const isShown = ids.some((id) => !hidden.has(id));
      const label = row.kind === "group" ? row.label : row.run.info.run_name;
      return (
        <>
          <input
            type="checkbox"
            className={styles.check}
            aria-label={`Select ${label}`}
            checked={ids.every((id) => selected.has(id))}
            onChange={(event) => {
              const { shiftKey } = event.nativeEvent as MouseEvent;
              pick(row, event.target.checked, index, shiftKey);
            }}
          />
          <button type="button" className={styles.eye} aria-pressed={isShown} aria-label={`Draw ${label}`} onClick={() => show(ids, !isShown)}>
            {isShown ? <Eye size={13} /> : <EyeOff size={13} />}
          </button>
          {row.kind === "group" ? <span className={styles.swatch} style={{ background: colourOf(row.id) }} /> : <RunColour run={row.run} />}
          {row.kind === "group" ? (
            <GroupName group={row} isOpen={unfolded.has(row.id)} onToggle={() => setUnfolded(toggled(unfolded, row.id))} />
          ) : (
            <RunName run={row.run} isIn={row.isIn !== null} />
          )}
        </>
      );
    },
  };
  const others = columns.map(fieldOf).map((field): Column<TableRow> => ({
    id: field.id,
    title: titleOf(field),
    width: widthOf(field, group !== undefined),
    isSortable: true,
    isNumeric: field.entity !== "attribute" && isNumeric(sample, field),
    isPinned: pinned.has(field.id),
    render: (row) =>
      row.kind === "group" ? (
        <GroupCell group={row} field={field} />
      ) : (
        <CellValue run={row.run} field={field} experimentNames={experimentNames} />
      ),
  }));

  return (
    <DataTable
      label="Runs"
      columns={[name, ...others.filter((one) => one.isPinned), ...others.filter((one) => !one.isPinned)]}
      count={rows?.length ?? count}
      rowAt={at}
      keyOf={(row) => (row.kind === "group" ? row.id : row.run.info.run_id)}
      onReach={onReach}
      sorting={readSort(workspace.sort)}
      onSort={(next) => onChange({ sort: next === null ? undefined : `${next.isDescending ? "-" : ""}${next.id}` })}
      widths={workspace.widths ?? {}}
      onResize={(id, width) => onChange({ widths: { ...workspace.widths, [id]: Math.round(width) } })}
      onMove={(id, beforeId) => onChange({ columns: moved(columns, id, beforeId) })}
      onOpen={(row) => {
        if (row.kind === "group") setUnfolded(toggled(unfolded, row.id));
        else void navigate({ to: "/runs/$runId", params: { runId: row.run.info.run_id } });
      }}
      isSelected={(row) => idsOf(row).every((id) => selected.has(id))}
      onToggle={(row) => onSelect(idsOf(row), !idsOf(row).every((id) => selected.has(id)))}
    />
  );
}

const rowsOfRuns = new WeakMap<RunRow, TableRow>();

/** Return the same row for the same run, so that it is not drawn again. */
function rowOf(run: RunRow): TableRow {
  const known = rowsOfRuns.get(run);
  if (known !== undefined) return known;
  const made: TableRow = { kind: "run", run, isIn: null };
  rowsOfRuns.set(run, made);
  return made;
}

/** A mean and its interval need more room than a number. */
function widthOf(field: Field, isGrouped: boolean): number {
  if (field.key === NOTE_TAG) return 240;
  if (field.entity === "attribute") return 110;
  return isGrouped && field.entity === "metrics" ? 150 : 120;
}

function GroupName({ group, isOpen, onToggle }: { group: Group; isOpen: boolean; onToggle: () => void }) {
  return (
    <button type="button" className={styles.group} aria-expanded={isOpen} title={group.label} onClick={onToggle}>
      <ChevronRight size={13} style={isOpen ? { rotate: "90deg" } : undefined} />
      <span>{group.label}</span>
      <small>{group.runs.length}</small>
    </button>
  );
}

function GroupCell({ group, field }: { group: Group; field: Field }) {
  const { text, title } = useMemo(() => summaryOf(group.runs, field), [group.runs, field]);
  const [first] = group.runs;
  if (field.id === "status" && first?.info.status === text) return <StatusBadge status={first.info.status} />;
  if (field.id === "start_time") return <Ago ms={Math.max(...group.runs.map((run) => run.info.start_time))} />;
  if (field.id === "duration") {
    const { mean, count } = intervalOf(group.runs.map((run) => (run.info.end_time ?? NaN) - run.info.start_time));
    return <span title={`mean of ${count} runs that ended`}>{count === 0 ? "" : formatDuration(mean)}</span>;
  }
  return <span title={title}>{text.slice(0, 200)}</span>;
}

interface CellProps {
  run: RunRow;
  field: Field;
  experimentNames: ReadonlyMap<string, string>;
}

function CellValue({ run, field, experimentNames }: CellProps) {
  const { info } = run;
  switch (field.id) {
    case "status":
      return <StatusBadge status={info.status} reason={info.status_reason} />;
    case "start_time":
      return <Ago ms={info.start_time} />;
    case "duration":
      return <Took startMs={info.start_time} endMs={info.end_time} />;
    case "experiment_id":
      return <span>{experimentNames.get(info.experiment_id) ?? info.experiment_id}</span>;
    case `tags.${NOTE_TAG}`:
      return <RunNote run={run} />;
    default: {
      const text = textOf(run, field);
      return <span title={text.slice(0, 2000)}>{text.slice(0, 200)}</span>;
    }
  }
}

const idsOf = (row: TableRow): string[] =>
  row.kind === "group" ? row.runs.map((run) => run.info.run_id) : [row.run.info.run_id];

function readSort(sort: string | undefined): { id: string; isDescending: boolean } | null {
  if (sort === undefined) return null;
  return sort.startsWith("-") ? { id: sort.slice(1), isDescending: true } : { id: sort, isDescending: false };
}

function toggled(ids: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

function moved(ids: readonly string[], id: string, beforeId: string): string[] {
  const rest = ids.filter((one) => one !== id);
  const at = rest.indexOf(beforeId);
  return at < 0 ? [...ids] : [...rest.slice(0, at), id, ...rest.slice(at)];
}

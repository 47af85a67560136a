import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, type ReactNode, type RefObject, memo, useEffect, useMemo, useRef, useState } from "react";

import styles from "./DataTable.module.css";

export interface Column<Row> {
  id: string;
  title: string;
  /** Pixels, as long as nobody made it wider. */
  width: number;
  render: (row: Row, index: number) => ReactNode;
  /** Numbers stand at the end. */
  isNumeric?: boolean;
  isSortable?: boolean;
  /** Stays where it is when the table is scrolled sideways; such columns come first. */
  isPinned?: boolean;
}

export interface Sorting {
  id: string;
  isDescending: boolean;
}

interface Props<Row> {
  label: string;
  columns: readonly Column<Row>[];
  /** How many rows there are, whether they are here yet or not. */
  count: number;
  /** A row, or undefined while it is on its way. */
  rowAt: (index: number) => Row | undefined;
  keyOf: (row: Row, index: number) => string;
  /** Told which rows the table is being looked at. */
  onReach?: (firstIndex: number, lastIndex: number) => void;
  sorting?: Sorting | null;
  onSort?: (sorting: Sorting | null) => void;
  widths?: Readonly<Record<string, number>>;
  onResize?: (id: string, width: number) => void;
  /** Told that a column was dropped before another one. */
  onMove?: (id: string, beforeId: string) => void;
  onOpen?: (row: Row) => void;
  isSelected?: (row: Row) => boolean;
  /** Told that a row was chosen, or not any more, by the keyboard. */
  onToggle?: (row: Row) => void;
  rowHeight?: number;
}

const HEADER_PX = 32;
const LEAST_PX = 48;

/** The one table: any number of rows, of which only those in sight are drawn. */
export function DataTable<Row>(props: Props<Row>) {
  const { columns, count, rowAt, keyOf, onReach, onOpen, rowHeight = 30 } = props;
  const viewport = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => viewport.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: HEADER_PX,
  });
  const items = rows.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onReach?.(first, last), [first, last, onReach]);

  const { widths } = props;
  const starts = useMemo(() => startsOf(columns.map((column) => widths?.[column.id] ?? column.width)), [columns, widths]);
  const sight = useSight(viewport);
  const seen = useMemo(() => columnsIn(columns, starts, sight), [columns, starts, sight]);

  const move = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((viewport.current?.clientHeight ?? 0) / rowHeight) - 2);
    if (event.target !== event.currentTarget) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -count, End: count }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(count - 1, active + step));
      setActive(next);
      rows.scrollToIndex(next);
    } else if (event.key === "Enter" || event.key === "x") {
      const row = rowAt(active);
      if (row !== undefined) (event.key === "x" ? props.onToggle : onOpen)?.(row);
    }
  };

  return (
    <div
      ref={viewport}
      className={styles.viewport}
      role="grid"
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      onKeyDown={move}
    >
      <div className={styles.canvas} style={{ height: rows.getTotalSize() + HEADER_PX, minWidth: starts.at(-1) }}>
        <div className={styles.header} role="row" aria-rowindex={1} style={{ height: HEADER_PX }}>
          {columns.map((column, at) => (
            <HeaderCell
              key={column.id}
              column={column}
              width={(starts[at + 1] ?? 0) - (starts[at] ?? 0)}
              start={starts[at] ?? 0}
              table={props}
            />
          ))}
        </div>
        {items.map((item) => {
          const row = rowAt(item.index);
          return (
            <BodyRow
              key={row === undefined ? item.index : keyOf(row, item.index)}
              row={row}
              index={item.index}
              top={item.start - HEADER_PX}
              height={rowHeight}
              seen={seen}
              isActive={item.index === active}
              isSelected={row !== undefined && props.isSelected?.(row)}
              onActive={setActive}
              onOpen={onOpen}
            />
          );
        })}
      </div>
    </div>
  );
}

interface BodyRowProps<Row> {
  row: Row | undefined;
  index: number;
  /** Pixels below the header. */
  top: number;
  height: number;
  seen: readonly Seen<Row>[];
  isActive: boolean;
  isSelected: boolean | undefined;
  onActive: (index: number) => void;
  onOpen: ((row: Row) => void) | undefined;
}

/** Drawn anew only when it shows something else: most rows stay as they are while a table is scrolled. */
const BodyRow = memo(function BodyRow<Row>({ row, index, top, height, seen, isActive, isSelected, onActive, onOpen }: BodyRowProps<Row>) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-active={isActive}
      className={styles.row}
      style={{ height, transform: `translateY(${top}px)` }}
      onClick={() => onActive(index)}
      onDoubleClick={() => row !== undefined && onOpen?.(row)}
    >
      {seen.map(({ column, at, width, place }) => (
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={at + 1}
          className={`${styles.cell} ${column.isNumeric ? styles.numeric : ""} ${column.isPinned ? styles.pinned : ""}`}
          style={{ width, ...place }}
        >
          {row === undefined ? <span className={styles.absent} /> : column.render(row, index)}
        </div>
      ))}
    </div>
  );
}) as <Row>(props: BodyRowProps<Row> & { key?: string | number }) => ReactNode;

/** What of a table is seen sideways, in steps, so that not every pixel draws it anew. */
interface Sight {
  left: number;
  right: number;
}

const SIGHT_STEP_PX = 240;

function useSight(viewport: RefObject<HTMLDivElement | null>): Sight {
  const [sight, setSight] = useState<Sight>({ left: 0, right: Infinity });
  useEffect(() => {
    const element = viewport.current;
    if (element === null) return;
    const look = () => {
      const left = Math.floor(element.scrollLeft / SIGHT_STEP_PX) * SIGHT_STEP_PX;
      const right = Math.ceil((element.scrollLeft + element.clientWidth) / SIGHT_STEP_PX) * SIGHT_STEP_PX;
      setSight((before) => (before.left === left && before.right === right ? before : { left, right }));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [viewport]);
  return sight;
}

/** A column that is pinned or seen. */
interface Seen<Row> {
  column: Column<Row>;
  at: number;
  width: number;
  /** Where it stays, or the room that those left out before it take. */
  place: { left: number } | { marginInlineStart: number };
}

function columnsIn<Row>(columns: readonly Column<Row>[], starts: readonly number[], { left, right }: Sight): Seen<Row>[] {
  let gap = 0;
  return columns.flatMap((column, at): Seen<Row>[] => {
    const [start, end] = [starts[at] ?? 0, starts[at + 1] ?? 0];
    const width = end - start;
    if (column.isPinned === true) return [{ column, at, width, place: { left: start } }];
    if (end <= left || start >= right) {
      gap += width;
      return [];
    }
    const place = { marginInlineStart: gap };
    gap = 0;
    return [{ column, at, width, place }];
  });
}

interface HeaderProps<Row> {
  column: Column<Row>;
  width: number;
  start: number;
  table: Props<Row>;
}

function HeaderCell<Row>({ column, width, start, table }: HeaderProps<Row>) {
  const sorted = table.sorting?.id === column.id ? table.sorting : null;
  const isMovable = table.onMove !== undefined && column.isPinned !== true;
  return (
    <div
      role="columnheader"
      aria-sort={sorted === null ? "none" : sorted.isDescending ? "descending" : "ascending"}
      className={`${styles.cell} ${styles.head} ${column.isNumeric ? styles.numeric : ""} ${column.isPinned ? styles.pinned : ""}`}
      style={{ width, ...(column.isPinned ? { left: start } : {}) }}
      draggable={isMovable}
      onDragStart={(event) => event.dataTransfer.setData("text/x-column", column.id)}
      onDragOver={(event) => {
        if (isMovable) event.preventDefault();
      }}
      onDrop={(event) => {
        const moved = event.dataTransfer.getData("text/x-column");
        if (moved !== "" && moved !== column.id) table.onMove?.(moved, column.id);
      }}
    >
      {column.isSortable ? (
        <button type="button" className={styles.sort} title={column.title} onClick={() => table.onSort?.(next(column.id, sorted))}>
          <span className={styles.title}>{column.title}</span>
          {sorted !== null && (sorted.isDescending ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
        </button>
      ) : (
        <span className={styles.title} title={column.title}>
          {column.title}
        </span>
      )}
      {table.onResize !== undefined && <Handle id={column.id} width={width} onResize={table.onResize} />}
    </div>
  );
}

function Handle({ id, width, onResize }: { id: string; width: number; onResize: (id: string, width: number) => void }) {
  const begun = useRef<{ x: number; width: number } | null>(null);
  const drag = (event: PointerEvent) => {
    if (begun.current !== null) onResize(id, Math.max(LEAST_PX, begun.current.width + event.clientX - begun.current.x));
  };
  return (
    <span
      className={styles.handle}
      aria-hidden
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        begun.current = { x: event.clientX, width };
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        begun.current = null;
      }}
    />
  );
}

/** Falling first, then rising, then as it was. */
function next(id: string, sorted: Sorting | null): Sorting | null {
  if (sorted === null) return { id, isDescending: true };
  return sorted.isDescending ? { id, isDescending: false } : null;
}

function startsOf(widths: readonly number[]): number[] {
  const starts = [0];
  for (const width of widths) starts.push((starts.at(-1) ?? 0) + width);
  return starts;
}

import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Clock, Download, WrapText } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";

import { consoleQuery } from "@/api/queries";
import { Button } from "@/components/Button";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { saveFile } from "@/lib/download";
import { formatCount } from "@/lib/format";
import { formatMoment } from "@/lib/time";

import { type Line, linesOf, plainText, spansOf } from "./ansi";
import styles from "./Console.module.css";

const LINE_PX = 19;

/** What a program printed: however much, coloured as in its terminal, searched while the rest is on its way. */
export function Console({ runId, isRunning }: { runId: string; isRunning: boolean }) {
  const pages = useInfiniteQuery(consoleQuery(runId));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const lines = useMemo(
    () =>
      linesOf(
        (pages.data?.pages ?? []).flat().map(([, [, stream, timestampMs, text]]) => ({ stream, timestampMs, text })),
      ),
    [pages.data],
  );
  if (pages.error !== null) return <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.data === undefined) return <Skeleton lines={12} />;
  if (lines.length === 0) {
    return (
      <EmptyState title="Nothing was printed">
        {isRunning ? "It appears here as it comes." : "Or the output was not kept: RUNSTONE_CAPTURE says which parts are."}
      </EmptyState>
    );
  }
  return <Lines lines={lines} isWhole={!hasNextPage} name={`${runId}.log`} isRunning={isRunning} />;
}

interface LinesProps {
  lines: readonly Line[];
  isWhole: boolean;
  name: string;
  isRunning: boolean;
}

function Lines({ lines, isWhole, name, isRunning }: LinesProps) {
  const viewport = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [isWrapped, setWrapped] = useState(true);
  const [hasTimes, setTimes] = useState(false);
  const [isFollowed, setFollowed] = useState(isRunning);
  const wanted = useDeferredValue(typed.toLowerCase());
  const found = useMemo(
    () => (wanted === "" ? [] : lines.flatMap((line, index) => (plainText(line.text).toLowerCase().includes(wanted) ? [index] : []))),
    [lines, wanted],
  );
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => LINE_PX,
    overscan: 30,
  });
  useEffect(() => {
    if (isFollowed) rows.scrollToIndex(lines.length - 1);
  }, [isFollowed, lines.length, rows]);

  const go = (step: number) => {
    if (found.length === 0) return;
    const next = (at + step + found.length) % found.length;
    setAt(next);
    setFollowed(false);
    rows.scrollToIndex(found[next] ?? 0, { align: "center" });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      go(event.shiftKey ? -1 : 1);
    }
  };
  const current = found[at];
  return (
    <div className={styles.console}>
      <div className={styles.bar}>
        <input
          type="search"
          className={styles.search}
          placeholder="Search what was printed"
          aria-label="Search what was printed"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
        <span className={styles.count} role="status">
          {wanted === "" ? formatCount(lines.length, "line") : `${found.length === 0 ? 0 : at + 1} of ${found.length}`}
          {!isWhole && " so far…"}
        </span>
        <Button kind="quiet" icon={<ArrowUp />} aria-label="The one before" onClick={() => go(-1)} />
        <Button kind="quiet" icon={<ArrowDown />} aria-label="The next one" onClick={() => go(1)} />
        <Button kind="quiet" icon={<WrapText />} aria-label="Wrap long lines" aria-pressed={isWrapped} onClick={() => setWrapped(!isWrapped)} />
        <Button kind="quiet" icon={<Clock />} aria-label="Show times" aria-pressed={hasTimes} onClick={() => setTimes(!hasTimes)} />
        {isRunning && (
          <Button aria-pressed={isFollowed} onClick={() => setFollowed(!isFollowed)}>
            Follow
          </Button>
        )}
        <Button
          kind="quiet"
          icon={<Download />}
          aria-label="Download"
          onClick={() => saveFile(name, lines.map((line) => plainText(line.text)).join("\n") + "\n", "text/plain")}
        />
      </div>
      <div
        ref={viewport}
        className={styles.viewport}
        data-wrap={isWrapped}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="What was printed"
        onWheel={(event) => {
          if (event.deltaY < 0) setFollowed(false);
        }}
      >
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map((item) => {
            const line = lines[item.index];
            if (line === undefined) return null;
            return (
              <div
                key={item.key}
                ref={rows.measureElement}
                data-index={item.index}
                className={`${styles.line} ${line.stream === "stderr" ? styles.stderr : ""}`}
                data-current={item.index === current}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <span className={styles.number}>{item.index + 1}</span>
                {hasTimes && <span className={styles.time}>{formatMoment(line.timestampMs)}</span>}
                <span className={styles.text}>
                  {spansOf(line.text).map((span, index) => (
                    <span key={index} data-colour={span.colour ?? undefined} data-bold={span.isBold} data-dim={span.isDim}>
                      {span.text}
                    </span>
                  ))}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

import { useQuery } from "@tanstack/react-query";
import { createTwoFilesPatch } from "diff";
import { useMemo, useState } from "react";

import { filesQuery, textQuery } from "@/api/artifacts";
import type { Run } from "@/api/types";
import { Card } from "@/components/Card";
import { DiffView } from "@/components/DiffView";
import { ErrorState, Skeleton } from "@/components/States";
import { formatCount } from "@/lib/format";

import styles from "./Comparison.module.css";

const TEXT = /\.(py|patch|txt|json|ya?ml|toml|cfg|ini|sh|md|sql|r|lock)$/i;
const MOST = 200;

/** Files of text that two runs both have and that differ, or that one of them lacks: code, settings, notes. */
export function FileDiffs({ runs }: { runs: readonly Run[] }) {
  const [from, setFrom] = useState(0);
  const [to, setTo] = useState(1);
  const [one, other] = [runs[from] ?? runs[0], runs[to] ?? runs[1]];
  if (one === undefined || other === undefined) return null;
  return (
    <Card title="Code and other texts">
      <div className={styles.bar}>
        <Pick label="From" runs={runs} value={from} onChange={setFrom} />
        <Pick label="To" runs={runs} value={to} onChange={setTo} />
      </div>
      <Pairs key={`${one.info.run_id} ${other.info.run_id}`} one={one} other={other} />
    </Card>
  );
}

function Pick({ label, runs, value, onChange }: { label: string; runs: readonly Run[]; value: number; onChange: (at: number) => void }) {
  return (
    <label>
      {label}{" "}
      <select value={value} onChange={(event) => onChange(Number(event.target.value))}>
        {runs.map((run, at) => (
          <option key={run.info.run_id} value={at}>
            {run.info.run_name.slice(0, 60)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Pairs({ one, other }: { one: Run; other: Run }) {
  const left = useQuery(filesQuery(one.info.run_id));
  const right = useQuery(filesQuery(other.info.run_id));
  const [path, setPath] = useState<string | null>(null);
  const differing = useMemo(() => {
    const before = new Map((left.data ?? []).map((file) => [file.path, file.digest]));
    const after = new Map((right.data ?? []).map((file) => [file.path, file.digest]));
    return [...new Set([...before.keys(), ...after.keys()])].filter((name) => TEXT.test(name) && before.get(name) !== after.get(name)).sort(byCode);
  }, [left.data, right.data]);
  if (left.data === undefined || right.data === undefined) return <Skeleton lines={3} />;
  if (differing.length === 0) return <p className={styles.about}>No file of text differs between these two.</p>;
  const chosen = path ?? differing[0] ?? "";
  return (
    <div className={styles.files}>
      <ul aria-label="Files that differ">
        {differing.slice(0, MOST).map((name) => (
          <li key={name}>
            <button type="button" aria-current={name === chosen} title={name} onClick={() => setPath(name)}>
              {name}
            </button>
          </li>
        ))}
        {differing.length > MOST && <li>{formatCount(differing.length - MOST, "more file")}</li>}
      </ul>
      <Pair
        key={chosen}
        path={chosen}
        one={left.data.some((file) => file.path === chosen) ? one : null}
        other={right.data.some((file) => file.path === chosen) ? other : null}
      />
    </div>
  );
}

/** Code first. */
function byCode(one: string, other: string): number {
  const rank = (path: string) => (path.startsWith("runstone/code/") ? 0 : path.startsWith("runstone/") ? 2 : 1);
  return rank(one) - rank(other) || one.localeCompare(other, "en");
}

function Pair({ path, one, other }: { path: string; one: Run | null; other: Run | null }) {
  const before = useQuery({ ...textQuery(one?.info.run_id ?? "", path), enabled: one !== null });
  const after = useQuery({ ...textQuery(other?.info.run_id ?? "", path), enabled: other !== null });
  const patch = useMemo(() => {
    const texts = [one === null ? "" : before.data?.text, other === null ? "" : after.data?.text];
    if (texts[0] === undefined || texts[1] === undefined) return null;
    return createTwoFilesPatch(path, path, texts[0], texts[1], undefined, undefined, { context: 3, timeout: 2000 }) ?? "";
  }, [path, one, other, before.data, after.data]);
  const error = before.error ?? after.error;
  if (error !== null) return <ErrorState error={error} />;
  if (patch === null) return <Skeleton lines={8} />;
  if (patch === "") return <p className={styles.about}>They differ in too many places to be shown.</p>;
  return <DiffView patch={patch} />;
}

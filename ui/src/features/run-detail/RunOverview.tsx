import { useState } from "react";

import type { Run } from "@/api/types";
import { Card } from "@/components/Card";
import { KeyValues } from "@/components/KeyValues";
import { type Entity, fieldOf, isInnerTag, keysOf, textOf } from "@/lib/fields";

import styles from "./RunOverview.module.css";

/** Everything a run was given and gave, as texts to read and search. */
export function RunOverview({ run }: { run: Run }) {
  const [typed, setTyped] = useState("");
  const keys = keysOf([run]);
  const rows = (entity: Entity, names: readonly string[]) =>
    names
      .filter((key) => key.toLowerCase().includes(typed.toLowerCase()))
      .map((key): [string, string] => [key, textOf(run, fieldOf(`${entity}.${key}`))]);
  const metrics = keys.metrics.filter((key) => !key.startsWith("system/"));
  const inner = Object.keys(run.tags).filter(isInnerTag).sort();
  return (
    <div className={styles.page}>
      <input
        type="search"
        className={styles.search}
        placeholder="Find a param, metric or tag"
        aria-label="Find a param, metric or tag"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <div className={styles.cards}>
        <Card title="Metrics" count={metrics.length}>
          <KeyValues rows={rows("metrics", metrics)} nothing="No metrics were logged." />
        </Card>
        <Card title="Params" count={keys.params.length}>
          <KeyValues rows={rows("params", keys.params)} nothing="No params were logged." />
        </Card>
        <Card title="Tags" count={keys.tags.length}>
          <KeyValues rows={rows("tags", keys.tags)} nothing="No tags were set." />
        </Card>
        <Card title="Recorded by itself" count={inner.length}>
          <KeyValues rows={rows("tags", inner)} nothing="Nothing was recorded." />
        </Card>
      </div>
    </div>
  );
}

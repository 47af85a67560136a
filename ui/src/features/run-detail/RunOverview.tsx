import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { filesQuery, textQuery } from "@/api/artifacts";
import { childrenQuery } from "@/api/queries";
import type { Run } from "@/api/types";
import { StatusBadge } from "@/components/Badge";
import { Card } from "@/components/Card";
import { KeyValues } from "@/components/KeyValues";
import { Command } from "@/components/States";
import { Took } from "@/components/Time";
import { fieldOf, isInnerTag, keysOf, textOf } from "@/lib/fields";
import { formatBytes } from "@/lib/format";

import { MetricTable } from "./MetricTable";
import { Note } from "./Note";
import { recipeOf } from "./reproduce";
import styles from "./RunOverview.module.css";
import { CodeChanges } from "./CodeChanges";
import { RunTags } from "./RunTags";

/** Everything a run was given and gave. */
export function RunOverview({ run }: { run: Run }) {
  const [typed, setTyped] = useState("");
  const keys = keysOf([run]);
  const fits = (key: string) => key.toLowerCase().includes(typed.toLowerCase());
  const params = keys.params.filter(fits).map((key): [string, string] => [key, textOf(run, fieldOf(`params.${key}`))]);
  const metrics = keys.metrics.filter((key) => !key.startsWith("system/"));
  const inner = Object.entries(run.tags)
    .filter(([key]) => isInnerTag(key) && fits(key))
    .sort();
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
          <MetricTable run={run} keys={metrics.filter(fits)} />
        </Card>
        <Card title="Params" count={keys.params.length}>
          <KeyValues rows={params} nothing="No params were logged." />
        </Card>
        <Note run={run} />
        <Card title="Tags" count={keys.tags.length}>
          <RunTags run={run} keys={keys.tags.filter(fits)} />
        </Card>
        <Origin run={run} />
        <Reproduce run={run} />
      <CodeChanges runId={run.info.run_id} />
        <Inputs run={run} />
        <Children run={run} />
        <Card title="Recorded by itself" count={inner.length}>
          <KeyValues rows={inner} nothing="Nothing was recorded." />
        </Card>
      </div>
    </div>
  );
}

function Origin({ run }: { run: Run }) {
  const { tags, info } = run;
  const hardware = useJson(info.run_id, "runstone/environment/hardware.json");
  const environment = useJson(info.run_id, "runstone/environment/environment.json");
  const gpus = Array.isArray(hardware?.["gpus"]) ? hardware["gpus"].length : 0;
  const memory = hardware?.["memory_bytes"];
  const platform = environment?.["platform"] as Record<string, unknown> | undefined;
  const rows: [string, string | undefined][] = [
    ["Command", tags["runstone.command"]],
    ["Folder", tags["runstone.folder"]],
    ["Commit", tags["mlflow.source.git.commit"]],
    ["Branch", tags["mlflow.source.git.branch"]],
    ["Uncommitted changes", tags["runstone.git.dirty"] === "true" ? "yes: see the artifact runstone/code/diff.patch" : undefined],
    ["Host", tags["runstone.host"]],
    ["Python", tags["runstone.python"]],
    ["System", typeof platform?.["distribution"] === "string" ? platform["distribution"] : undefined],
    ["Processor", typeof hardware?.["cpu"] === "string" ? `${hardware["cpu"]}, ${String(hardware["cores_logical"])} threads` : undefined],
    ["Memory", typeof memory === "number" ? formatBytes(memory) : undefined],
    ["GPUs", gpus === 0 ? undefined : String(gpus)],
    ["Parent run", info.parent_run_id ?? undefined],
  ];
  const known = rows.flatMap(([name, value]): [string, string][] => (value === undefined || value === "" ? [] : [[name, value]]));
  return (
    <Card title="Where it comes from">
      <KeyValues rows={known} nothing="Nothing of it was recorded: it came through another client, or RUNSTONE_CAPTURE says so." />
    </Card>
  );
}

/** A small JSON file of the run, if it has it. */
function useJson(runId: string, path: string): Record<string, unknown> | null {
  const { data: files } = useQuery(filesQuery(runId));
  const isThere = files?.some((file) => file.path === path) ?? false;
  const { data } = useQuery({ ...textQuery(runId, path), enabled: isThere });
  if (data === undefined) return null;
  try {
    const value: unknown = JSON.parse(data.text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function Reproduce({ run }: { run: Run }) {
  const { data: files = [] } = useQuery(filesQuery(run.info.run_id));
  const { steps, missing } = recipeOf(run, new Set(files.map((file) => file.path)), window.location.origin);
  return (
    <Card title="Make it again">
      <div className={styles.recipe}>
        <Command text={steps.map(({ what, command }) => `# ${what}\n${command}`).join("\n")} />
        {missing.length > 0 && <p className={styles.dim}>Not recorded: {missing.join(", ")}.</p>}
      </div>
    </Card>
  );
}

function Inputs({ run }: { run: Run }) {
  const { dataset_inputs: datasets, model_inputs: modelsIn } = run.inputs;
  const { model_outputs: modelsOut } = run.outputs;
  const rows: [string, string][] = [
    ...datasets.map(({ dataset, tags }): [string, string] => {
      const context = tags.find(({ key }) => key === "mlflow.data.context")?.value;
      return [context === undefined ? "Dataset" : `Dataset (${context})`, `${dataset.name}  ${dataset.digest}`];
    }),
    ...modelsIn.map(({ model_id: id }): [string, string] => ["Model in", id]),
    ...modelsOut.map(({ model_id: id }): [string, string] => ["Model out", id]),
  ];
  return (
    <Card title="Inputs and outputs" count={rows.length}>
      <KeyValues rows={rows} nothing="No datasets and no models were logged." />
    </Card>
  );
}

function Children({ run }: { run: Run }) {
  const { data = [] } = useQuery(childrenQuery(run.info.run_id));
  if (data.length === 0) return null;
  return (
    <Card title="Child runs" count={data.length}>
      <ul className={styles.children}>
        {data.map(({ info }) => (
          <li key={info.run_id}>
            <Link to="/runs/$runId" params={{ runId: info.run_id }}>
              {info.run_name}
            </Link>
            <StatusBadge status={info.status} />
            <span className={styles.dim}>
              <Took startMs={info.start_time} endMs={info.end_time} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

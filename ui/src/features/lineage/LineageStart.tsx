import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { datasetsQuery, experimentsQuery, firstRunsQuery, modelsQuery } from "@/api/queries";
import type { Node } from "@/api/types";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/States";

import { KINDS } from "./kinds";
import styles from "./LineageView.module.css";

const SHOWN = 20;

/** Where to begin when no thing was named: datasets, runs and models by their names. */
export function LineageStart({ onChoose }: { onChoose: (node: Node) => void }) {
  const [typed, setTyped] = useState("");
  const filter = typed === "" ? "" : `run_name ILIKE '%${typed.replaceAll("'", "''")}%'`;
  const { data: runs } = useQuery(firstRunsQuery({ experimentIds: null, filter, orderBy: [] }, SHOWN));
  const { data: experiments = [] } = useQuery(experimentsQuery);
  const { data: datasets = [] } = useQuery(datasetsQuery(experiments.map((one) => one.experiment_id)));
  const { data: models = [] } = useQuery(modelsQuery(""));
  const fits = (name: string) => name.toLowerCase().includes(typed.toLowerCase());
  const versions = models.flatMap((model) => model.latest_versions.map(({ version }) => `${model.name}/${version}`));
  const found: { node: Node; name: string }[] = [
    ...[...new Map(datasets.map((one) => [one.digest, one.name]))].map(([id, name]) => ({ node: { kind: "dataset", id } as const, name })),
    ...versions.map((id) => ({ node: { kind: "model_version", id } as const, name: id })),
  ].filter(({ name }) => fits(name));
  const ofRuns = (runs ?? []).map(({ info }) => ({ node: { kind: "run", id: info.run_id } as const, name: info.run_name }));
  const shown = [...found.slice(0, SHOWN), ...ofRuns];
  return (
    <div className={styles.start}>
      <input
        type="search"
        placeholder="Find a dataset, a model or a run by its name"
        aria-label="Find a dataset, a model or a run"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <ul>
        {shown.map(({ node, name }) => (
          <li key={`${node.kind} ${node.id}`}>
            <Button kind="quiet" onClick={() => onChoose(node)}>
              <small className={styles.dim}>{KINDS[node.kind]}</small> {name.slice(0, 80)}
            </Button>
          </li>
        ))}
      </ul>
      {runs !== undefined && shown.length === 0 && <EmptyState title="Nothing has such a name" />}
    </div>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";

import { modelsQuery } from "@/api/queries";
import type { RegisteredModel } from "@/api/types";
import { Button } from "@/components/Button";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { Ago } from "@/components/Time";

import { Aliases } from "./Aliases";
import { NewModelDialog } from "./NewModelDialog";
import styles from "./registry.module.css";

const SNIPPET = `import runstone

client = runstone.MlflowClient()
client.create_registered_model("fraud")
client.create_model_version("fraud", source="runs:/RUN_ID/model", run_id="RUN_ID")`;

/** All registered models. */
export function ModelList() {
  const { data, error, refetch } = useQuery(modelsQuery(""));
  const [typed, setTyped] = useState("");
  const [isMaking, setMaking] = useState(false);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton lines={6} />;
  if (data.length === 0) {
    return (
      <EmptyState title="No registered models" command={SNIPPET}>
        A registered model is a name with numbered versions; aliases such as <code>champion</code> say which one is used.
      </EmptyState>
    );
  }
  const found = data.filter((model) => `${model.name} ${Object.values(model.tags).join(" ")}`.toLowerCase().includes(typed.toLowerCase()));
  return (
    <>
      <div className={styles.tools}>
      <input
        type="search"
        className={styles.search}
        placeholder="Find a model by its name or tags"
        aria-label="Find a model"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
        <Button icon={<Plus />} onClick={() => setMaking(true)}>
          New model
        </Button>
        <Link to="/settings" search={{ tab: "webhooks" }} className={styles.aside}>
          Webhooks
        </Link>
      </div>
      {isMaking && <NewModelDialog onClose={() => setMaking(false)} />}
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Latest version</th>
            <th scope="col">Aliases</th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {found.map((model) => (
            <tr key={model.name}>
              <th scope="row">
                <Link to="/models/$name" params={{ name: model.name }} title={model.name}>
                  {model.name}
                </Link>
                {model.description !== "" && <p className={styles.about}>{model.description.slice(0, 160)}</p>}
              </th>
              <td>{latestOf(model)}</td>
              <td>
                <Aliases aliases={model.aliases} />
              </td>
              <td>
                <Ago ms={model.last_updated_timestamp} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.length === 0 && <EmptyState title="No model fits that" />}
    </>
  );
}

function latestOf(model: RegisteredModel): string {
  const versions = model.latest_versions.map(({ version }) => Number(version));
  return versions.length === 0 ? "none" : String(Math.max(...versions));
}

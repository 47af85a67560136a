import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { deleteAlias, setAlias } from "@/api/changes";
import { keys, runQuery } from "@/api/queries";
import type { ModelVersion, RegisteredModel } from "@/api/types";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { toast, toastError } from "@/components/toasts";

import { MetricComparison } from "./MetricComparison";
import styles from "./registry.module.css";

interface Props {
  model: RegisteredModel;
  versions: readonly ModelVersion[];
  onClose: () => void;
}

/** Moves an alias, having shown what changes. */
export function AliasDialog({ model, versions, onClose }: Props) {
  const client = useQueryClient();
  const [alias, setAliasName] = useState(Object.keys(model.aliases)[0] ?? "champion");
  const [chosen, setChosen] = useState(versions[0]?.version ?? "");
  const before = model.aliases[alias];
  const move = async () => {
    try {
      await setAlias(model.name, alias, chosen);
      await client.invalidateQueries({ queryKey: keys.models });
      onClose();
      toast(`@${alias} is version ${chosen}`, {
        label: "Undo",
        onSelect: () =>
          void (before === undefined ? deleteAlias(model.name, alias) : setAlias(model.name, alias, before)).then(
            () => client.invalidateQueries({ queryKey: keys.models }),
            toastError,
          ),
      });
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog
      title="Move an alias"
      onClose={onClose}
      size="large"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" disabled={alias === "" || chosen === before} onClick={() => void move()}>
            {before === undefined ? `Make version ${chosen} @${alias}` : `Move @${alias} from ${before} to ${chosen}`}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <label>
          Alias
          <input list="aliases" value={alias} onChange={(event) => setAliasName(event.target.value)} />
          <datalist id="aliases">
            {Object.keys(model.aliases).map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </label>
        <label>
          Version
          <select value={chosen} onChange={(event) => setChosen(event.target.value)}>
            {versions.map(({ version }) => (
              <option key={version} value={version}>
                Version {version}
              </option>
            ))}
          </select>
        </label>
        <p>
          {before === undefined
            ? `Nothing is @${alias} now.`
            : before === chosen
              ? `@${alias} is version ${chosen} already.`
              : `Whoever loads models:/${model.name}@${alias} gets version ${chosen} instead of version ${before} from now on.`}
        </p>
        {before !== undefined && before !== chosen && (
          <Compared from={versions.find(({ version }) => version === before)} to={versions.find(({ version }) => version === chosen)} />
        )}
      </div>
    </Dialog>
  );
}

function Compared({ from, to }: { from: ModelVersion | undefined; to: ModelVersion | undefined }) {
  const old = useQuery({ ...runQuery(from?.run_id ?? ""), enabled: Boolean(from?.run_id) });
  const next = useQuery({ ...runQuery(to?.run_id ?? ""), enabled: Boolean(to?.run_id) });
  if (old.data === undefined || next.data === undefined) {
    return <p className={styles.dim}>Their metrics cannot be compared: one of the two names no run.</p>;
  }
  return <MetricComparison from={old.data} to={next.data} titles={[`Version ${from?.version ?? ""}`, `Version ${to?.version ?? ""}`]} />;
}

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { createModel, createVersion } from "@/api/changes";
import { keys, modelsQuery } from "@/api/queries";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { toast, toastError } from "@/components/toasts";

import styles from "./registry.module.css";

interface Props {
  /** Of which model; where it is not given, it is asked for, and may be new. */
  model?: string;
  /** What is likely to be registered, the likeliest first. */
  sources?: readonly string[];
  onClose: () => void;
}

/** Registers files of a run or a logged model as the next version. */
export function RegisterDialog({ model, sources = [], onClose }: Props) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: models = [] } = useQuery(modelsQuery(""));
  const [name, setName] = useState(model ?? "");
  const [source, setSource] = useState(sources[0] ?? "");
  const [description, setDescription] = useState("");
  const make = async () => {
    try {
      if (model === undefined && !models.some((one) => one.name === name)) await createModel(name, "");
      const runId = /^runs:\/+([^/]+)/.exec(source)?.[1] ?? null;
      const { version } = await createVersion(name, source.trim(), runId, description);
      await client.invalidateQueries({ queryKey: keys.models });
      onClose();
      toast(`Version ${version} of ${name}`, {
        label: "Show it",
        onSelect: () => void navigate({ to: "/models/$name/$version", params: { name, version } }),
      });
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog
      title={model === undefined ? "Register a model" : `New version of ${model.slice(0, 80)}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="new-version">
            Register
          </Button>
        </>
      }
    >
      <form
        id="new-version"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        {model === undefined && (
          <label>
            Registered as
            <input autoFocus required list="registered-models" placeholder="A model, or a new name" value={name} onChange={(event) => setName(event.target.value)} />
            <datalist id="registered-models">
              {models.map((one) => (
                <option key={one.name} value={one.name} />
              ))}
            </datalist>
          </label>
        )}
        <label>
          Files of a run, or a logged model
          <input
            autoFocus={model !== undefined}
            required
            list="model-sources"
            placeholder="runs:/RUN_ID/model or models:/MODEL_ID"
            value={source}
            onChange={(event) => setSource(event.target.value)}
          />
          <datalist id="model-sources">
            {sources.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </label>
        <label>
          Description
          <input value={description} onChange={(event) => setDescription(event.target.value)} />
        </label>
      </form>
    </Dialog>
  );
}

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { createVersion } from "@/api/changes";
import { keys } from "@/api/queries";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { toast, toastError } from "@/components/toasts";

import styles from "./registry.module.css";

/** Registers files of a run or a logged model as the next version. */
export function NewVersionDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const client = useQueryClient();
  const [source, setSource] = useState("");
  const [description, setDescription] = useState("");
  const make = async () => {
    try {
      const runId = /^runs:\/+([^/]+)/.exec(source)?.[1] ?? null;
      const made = await createVersion(name, source.trim(), runId, description);
      await client.invalidateQueries({ queryKey: keys.models });
      onClose();
      toast(`Version ${made.version} of ${name}`);
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog
      title={`New version of ${name.slice(0, 80)}`}
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
        <label>
          Files of a run, or a logged model
          <input autoFocus required placeholder="runs:/RUN_ID/model or models:/MODEL_ID" value={source} onChange={(event) => setSource(event.target.value)} />
        </label>
        <label>
          Description
          <input value={description} onChange={(event) => setDescription(event.target.value)} />
        </label>
      </form>
    </Dialog>
  );
}

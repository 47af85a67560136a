import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { createModel } from "@/api/changes";
import { keys } from "@/api/queries";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { toastError } from "@/components/toasts";

import styles from "./registry.module.css";

/** Makes a name for versions. */
export function NewModelDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const make = async () => {
    try {
      await createModel(name, description);
      await client.invalidateQueries({ queryKey: keys.models });
      await navigate({ to: "/models/$name", params: { name } });
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog
      title="New model"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="new-model">
            Make it
          </Button>
        </>
      }
    >
      <form
        id="new-model"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <label>
          Name
          <input autoFocus required value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          What it is for
          <input value={description} onChange={(event) => setDescription(event.target.value)} />
        </label>
      </form>
    </Dialog>
  );
}

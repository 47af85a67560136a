import { useQueryClient } from "@tanstack/react-query";
import { MoreHorizontal, PackagePlus, Pencil, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";

import { deleteRuns, renameRun, restoreRuns } from "@/api/changes";
import { keys } from "@/api/queries";
import type { Run } from "@/api/types";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Menu } from "@/components/Menu";
import { toast, toastError } from "@/components/toasts";

import styles from "./RunActions.module.css";

/** What may be done with a run. */
export function RunActions({ run, onRegister }: { run: Run; onRegister: () => void }) {
  const client = useQueryClient();
  const [isRenaming, setRenaming] = useState(false);
  const { run_id: id, lifecycle_stage: stage } = run.info;
  const renew = () => Promise.all([client.invalidateQueries({ queryKey: keys.run(id) }), client.invalidateQueries({ queryKey: keys.runs })]);
  const restore = () => void restoreRuns([id]).then(renew, toastError);
  const remove = async () => {
    try {
      await deleteRuns([id]);
      await renew();
      toast("The run is deleted", { label: "Undo", onSelect: restore });
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <>
      <Menu
        label="Actions"
        align="end"
        trigger={(props) => <Button {...props} kind="quiet" icon={<MoreHorizontal />} aria-label="Actions" />}
        items={[
          { label: "Rename", icon: <Pencil />, onSelect: () => setRenaming(true) },
          { label: "Register a model", icon: <PackagePlus />, onSelect: onRegister },
          stage === "deleted"
            ? { label: "Restore", icon: <RotateCcw />, onSelect: restore }
            : { label: "Delete", icon: <Trash2 />, isDangerous: true, onSelect: () => void remove() },
        ]}
      />
      {isRenaming && (
        <Rename
          name={run.info.run_name}
          onClose={() => setRenaming(false)}
          onRename={(name) => {
            setRenaming(false);
            void renameRun(id, name).then(renew, toastError);
          }}
        />
      )}
    </>
  );
}

function Rename({ name, onClose, onRename }: { name: string; onClose: () => void; onRename: (name: string) => void }) {
  const [typed, setTyped] = useState(name);
  return (
    <Dialog title="Rename the run" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          onRename(typed);
        }}
      >
        <input autoFocus required aria-label="Name" value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Button type="submit" kind="primary">
          Rename
        </Button>
      </form>
    </Dialog>
  );
}

import { type ReactNode, useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { toastError } from "@/components/toasts";

import styles from "./registry.module.css";

interface Props {
  /** What has to be typed, so that nobody does it by mistake. */
  what: string;
  children: ReactNode;
  onDelete: () => Promise<void>;
  onClose: () => void;
}

/** Asks for the name of what cannot be brought back. */
export function DeleteDialog({ what, children, onDelete, onClose }: Props) {
  const [typed, setTyped] = useState("");
  return (
    <Dialog
      title={`Delete ${what.slice(0, 80)}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" disabled={typed !== what} onClick={() => void onDelete().then(onClose, toastError)}>
            Delete
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p>{children}</p>
        <label>
          Type {what.slice(0, 200)}
          <input autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />
        </label>
      </div>
    </Dialog>
  );
}

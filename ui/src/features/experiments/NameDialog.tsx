import { useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";

import styles from "./ExperimentTree.module.css";

interface Props {
  title: string;
  action: string;
  name: string;
  hint?: string;
  onClose: () => void;
  /** Returns whether that worked; what went wrong is said elsewhere. */
  onName: (name: string) => Promise<boolean>;
}

/** Asks for a name. */
export function NameDialog({ title, action, name, hint, onClose, onName }: Props) {
  const [typed, setTyped] = useState(name);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="name">
            {action}
          </Button>
        </>
      }
    >
      <form
        id="name"
        onSubmit={(event) => {
          event.preventDefault();
          void onName(typed).then((isDone) => isDone && onClose());
        }}
      >
        <input autoFocus required className={styles.search} aria-label="Name" value={typed} onChange={(event) => setTyped(event.target.value)} />
        {hint !== undefined && <p className={styles.nothing}>{hint}</p>}
      </form>
    </Dialog>
  );
}

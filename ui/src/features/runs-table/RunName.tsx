import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import { useState } from "react";

import { renameRun } from "@/api/changes";
import { keys } from "@/api/queries";
import { toast, toastError } from "@/components/toasts";
import type { RunRow } from "@/lib/useRunRows";

import styles from "./RunsTable.module.css";

/** The name of a run, which leads to it, and may be changed in its place. */
export function RunName({ run, isIn }: { run: RunRow; isIn: boolean }) {
  const client = useQueryClient();
  const { run_id: id, run_name: name } = run.info;
  const [draft, setDraft] = useState<string | null>(null);
  const rename = async (to: string) => {
    try {
      await renameRun(id, to);
      await client.invalidateQueries({ queryKey: keys.runs });
      return true;
    } catch (error) {
      toastError(error);
      return false;
    }
  };
  const done = async () => {
    setDraft(null);
    const wanted = draft?.trim() ?? "";
    if (wanted !== "" && wanted !== name && (await rename(wanted))) {
      toast(`${name.slice(0, 40)} is ${wanted.slice(0, 40)} now`, { label: "Undo", onSelect: () => void rename(name) });
    }
  };
  if (draft !== null) {
    return (
      <input
        autoFocus
        className={styles.rename}
        aria-label={`Name of ${name}`}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => void done()}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Enter") void done();
          if (event.key === "Escape") setDraft(null);
        }}
      />
    );
  }
  return (
    <>
      <Link to="/runs/$runId" params={{ runId: id }} className={styles.name} title={name} data-in={isIn}>
        {name}
      </Link>
      <button type="button" className={styles.pencil} aria-label={`Rename ${name}`} onClick={() => setDraft(name)}>
        <Pencil size={12} />
      </button>
    </>
  );
}

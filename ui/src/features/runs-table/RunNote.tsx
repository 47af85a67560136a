import { useQueryClient } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useState } from "react";

import { setRunTags } from "@/api/changes";
import { keys } from "@/api/queries";
import { Button } from "@/components/Button";
import { Popover } from "@/components/Popover";
import { toastError } from "@/components/toasts";
import { NOTE_TAG } from "@/lib/fields";
import type { RunRow } from "@/lib/useRunRows";

import styles from "./RunsTable.module.css";

/** The first line of what was written about a run, and a way to write it. */
export function RunNote({ run }: { run: RunRow }) {
  const { run_name: name } = run.info;
  const note = run.tags[NOTE_TAG] ?? "";
  return (
    <span className={styles.note}>
      <span title={note.slice(0, 2000)}>{note.split("\n", 1)[0]?.slice(0, 200)}</span>
      <Popover
        label={`Notes of ${name}`}
        align="end"
        trigger={(props) => (
          <button {...props} type="button" className={styles.pencil} aria-label={`Write about ${name}`}>
            <Pencil size={12} />
          </button>
        )}
      >
        {(close) => <NoteForm run={run} note={note} onDone={close} />}
      </Popover>
    </span>
  );
}

function NoteForm({ run, note, onDone }: { run: RunRow; note: string; onDone: () => void }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(note);
  const save = async () => {
    try {
      await setRunTags(run.info.run_id, { [NOTE_TAG]: draft });
      await client.invalidateQueries({ queryKey: keys.runs });
      onDone();
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <form
      className={styles.write}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea rows={6} aria-label="Notes, in Markdown" value={draft} onKeyDown={(event) => event.stopPropagation()} onChange={(event) => setDraft(event.target.value)} />
      <Button type="submit" kind="primary">
        Save
      </Button>
    </form>
  );
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useState } from "react";

import { setRunTags } from "@/api/changes";
import { keys } from "@/api/queries";
import type { Run } from "@/api/types";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Markdown } from "@/components/Markdown";
import { toastError } from "@/components/toasts";

import styles from "./Note.module.css";

/** Under the name that MLflow's pages use. */
const NOTE_TAG = "mlflow.note.content";

/** What somebody wrote about a run, in Markdown. */
export function Note({ run }: { run: Run }) {
  const note = run.tags[NOTE_TAG] ?? "";
  const [draft, setDraft] = useState<string | null>(null);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (text: string) => setRunTags(run.info.run_id, { [NOTE_TAG]: text }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.run(run.info.run_id) });
      setDraft(null);
    },
    onError: toastError,
  });
  return (
    <Card
      title="Notes"
      actions={draft === null && <Button kind="quiet" icon={<Pencil />} aria-label="Edit the notes" onClick={() => setDraft(note)} />}
    >
      <div className={styles.note}>
        {draft === null && note === "" && <p className={styles.dim}>Nothing was written about this run.</p>}
        {draft === null && note !== "" && <Markdown text={note} />}
        {draft !== null && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              save.mutate(draft);
            }}
          >
            <textarea autoFocus rows={8} aria-label="Notes, in Markdown" value={draft} onChange={(event) => setDraft(event.target.value)} />
            <div className={styles.actions}>
              <Button type="submit" kind="primary" disabled={save.isPending}>
                Save
              </Button>
              <Button onClick={() => setDraft(null)}>Cancel</Button>
            </div>
          </form>
        )}
      </div>
    </Card>
  );
}

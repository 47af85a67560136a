import { Pencil } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Markdown } from "@/components/Markdown";

import styles from "./registry.module.css";

/** A description in Markdown that can be changed. */
export function Description({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <Card
      title="Description"
      actions={draft === null && <Button kind="quiet" icon={<Pencil />} aria-label="Edit the description" onClick={() => setDraft(text)} />}
    >
      <div className={styles.inside}>
        {draft === null && (text === "" ? <p className={styles.dim}>Nothing was written about it.</p> : <Markdown text={text} />)}
        {draft !== null && (
          <form
            className={styles.form}
            onSubmit={(event) => {
              event.preventDefault();
              onChange(draft);
              setDraft(null);
            }}
          >
            <textarea autoFocus rows={6} aria-label="Description, in Markdown" value={draft} onChange={(event) => setDraft(event.target.value)} />
            <div className={styles.aliases}>
              <Button type="submit" kind="primary">
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

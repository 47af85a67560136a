import { useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";

import { deleteRunTag, setRunTags } from "@/api/changes";
import { keys as queryKeys } from "@/api/queries";
import type { Run } from "@/api/types";
import { Button } from "@/components/Button";
import { toast, toastError } from "@/components/toasts";

import styles from "./TagEditor.module.css";

/** The tags of a run: changed, added and taken away in place. */
export function TagEditor({ run, keys }: { run: Run; keys: readonly string[] }) {
  const client = useQueryClient();
  const { run_id: runId } = run.info;
  const [added, setAdded] = useState<{ key: string; value: string } | null>(null);
  const change = async (does: () => Promise<unknown>) => {
    try {
      await does();
      await client.invalidateQueries({ queryKey: queryKeys.run(runId) });
      return true;
    } catch (error) {
      toastError(error);
      return false;
    }
  };
  const remove = async (key: string) => {
    const before = run.tags[key] ?? "";
    if (await change(() => deleteRunTag(runId, key))) {
      toast(`The tag ${key.slice(0, 60)} is gone`, { label: "Undo", onSelect: () => void change(() => setRunTags(runId, { [key]: before })) });
    }
  };
  return (
    <div className={styles.tags}>
      {keys.map((key) => (
        <div key={key} className={styles.row}>
          <span className={styles.key} title={key}>
            {key}
          </span>
          <Value text={run.tags[key] ?? ""} label={`Value of ${key}`} onChange={(value) => void change(() => setRunTags(runId, { [key]: value }))} />
          <Button kind="quiet" icon={<X />} aria-label={`Remove the tag ${key}`} onClick={() => void remove(key)} />
        </div>
      ))}
      {added === null ? (
        <Button kind="quiet" icon={<Plus />} onClick={() => setAdded({ key: "", value: "" })}>
          Add a tag
        </Button>
      ) : (
        <form
          className={styles.row}
          onSubmit={(event) => {
            event.preventDefault();
            void change(() => setRunTags(runId, { [added.key]: added.value })).then((isDone) => isDone && setAdded(null));
          }}
        >
          <input autoFocus required aria-label="Key" placeholder="key" value={added.key} onChange={(event) => setAdded({ ...added, key: event.target.value })} />
          <input aria-label="Value" placeholder="value" value={added.value} onChange={(event) => setAdded({ ...added, value: event.target.value })} />
          <Button type="submit" kind="primary">
            Add
          </Button>
          <Button kind="quiet" icon={<X />} aria-label="Add none" onClick={() => setAdded(null)} />
        </form>
      )}
    </div>
  );
}

function Value({ text, label, onChange }: { text: string; label: string; onChange: (text: string) => void }) {
  const [draft, setDraft] = useState<string | null>(null);
  if (draft === null) {
    return (
      <button type="button" className={styles.value} aria-label={`${label}: ${text.slice(0, 100)}. Change it`} onClick={() => setDraft(text)}>
        {text === "" ? "–" : text.slice(0, 500)}
      </button>
    );
  }
  const done = () => {
    if (draft !== text) onChange(draft);
    setDraft(null);
  };
  return (
    <input
      autoFocus
      aria-label={label}
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") done();
        if (event.key === "Escape") setDraft(null);
      }}
    />
  );
}

import { Plus, X } from "lucide-react";
import { useState } from "react";

import { Button } from "./Button";

import styles from "./TagEditor.module.css";
import { toast, toastError } from "./toasts";

interface Props {
  tags: Readonly<Record<string, string>>;
  /** Those that are shown, in their order. */
  keys: readonly string[];
  onSet: (key: string, value: string) => Promise<unknown>;
  onRemove: (key: string) => Promise<unknown>;
}

/** Tags: changed, added and taken away in place. */
export function TagEditor({ tags, keys, onSet, onRemove }: Props) {
  const [added, setAdded] = useState<{ key: string; value: string } | null>(null);
  const change = async (does: () => Promise<unknown>) => {
    try {
      await does();
      return true;
    } catch (error) {
      toastError(error);
      return false;
    }
  };
  const remove = async (key: string) => {
    const before = tags[key] ?? "";
    if (await change(() => onRemove(key))) {
      toast(`The tag ${key.slice(0, 60)} is gone`, { label: "Undo", onSelect: () => void change(() => onSet(key, before)) });
    }
  };
  return (
    <div className={styles.tags}>
      {keys.map((key) => (
        <div key={key} className={styles.row}>
          <span className={styles.key} title={key}>
            {key}
          </span>
          <Value text={tags[key] ?? ""} label={`Value of ${key}`} onChange={(value) => void change(() => onSet(key, value))} />
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
            void change(() => onSet(added.key, added.value)).then((isDone) => isDone && setAdded(null));
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

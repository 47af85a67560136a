import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download, GitCompare, RotateCcw, Tag, Trash2, X } from "lucide-react";
import { useState } from "react";

import { deleteRuns, restoreRuns, setRunTags } from "@/api/changes";
import { keys } from "@/api/queries";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Menu } from "@/components/Menu";
import { toast, toastError } from "@/components/toasts";
import { saveFile } from "@/lib/download";
import { fieldOf } from "@/lib/fields";
import { formatCount } from "@/lib/format";

import { keysFor } from "./columns";
import { csvOf, jsonOf, readAll } from "./exports";

import styles from "./BulkBar.module.css";

const MOST_COMPARED = 50;

interface Props {
  selected: readonly string[];
  columns: readonly string[];
  isDeleted: boolean;
  onClear: () => void;
}

/** What may be done with the runs that are selected. */
export function BulkBar({ selected, columns, isDeleted, onClear }: Props) {
  const client = useQueryClient();
  const [isTagging, setTagging] = useState(false);
  const renew = () => client.invalidateQueries({ queryKey: keys.runs });

  const act = async (does: (ids: readonly string[]) => Promise<unknown>, undoes: (ids: readonly string[]) => Promise<unknown>, done: string) => {
    try {
      await does(selected);
      onClear();
      await renew();
      toast(`${formatCount(selected.length, "run")} ${done}`, {
        label: "Undo",
        onSelect: () => void undoes(selected).then(renew, toastError),
      });
    } catch (error) {
      toastError(error);
    }
  };
  const save = async (how: "csv" | "json") => {
    try {
      const ids = ["run_id", "run_name", ...columns];
      const runs = await readAll(client, selected, keysFor(ids, []));
      if (how === "csv") saveFile("runs.csv", csvOf(runs, ids.map(fieldOf)), "text/csv");
      else saveFile("runs.json", jsonOf(runs, ids.map(fieldOf)), "application/json");
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <div className={styles.bar} role="toolbar" aria-label="Selected runs">
      <span>{formatCount(selected.length, "run")} selected</span>
      {selected.length >= 2 && selected.length <= MOST_COMPARED && (
        <Link to="/compare" search={{ runs: [...selected] }} className={styles.link}>
          <GitCompare size={15} /> Compare
        </Link>
      )}
      <Button icon={<Tag />} onClick={() => setTagging(true)}>
        Tag
      </Button>
      <Menu
        label="Export"
        trigger={(props) => (
          <Button {...props} icon={<Download />}>
            Export
          </Button>
        )}
        items={[
          { label: "CSV of these columns", onSelect: () => void save("csv") },
          { label: "JSON of these columns", onSelect: () => void save("json") },
        ]}
      />
      {isDeleted ? (
        <Button icon={<RotateCcw />} onClick={() => void act(restoreRuns, deleteRuns, "restored")}>
          Restore
        </Button>
      ) : (
        <Button kind="danger" icon={<Trash2 />} onClick={() => void act(deleteRuns, restoreRuns, "deleted")}>
          Delete
        </Button>
      )}
      <Button kind="quiet" icon={<X />} aria-label="Select none" onClick={onClear} />
      {isTagging && (
        <TagDialog
          count={selected.length}
          onClose={() => setTagging(false)}
          onTag={(key, value) => {
            setTagging(false);
            void Promise.all(selected.map((id) => setRunTags(id, { [key]: value }))).then(renew, toastError);
          }}
        />
      )}
    </div>
  );
}

function TagDialog({ count, onClose, onTag }: { count: number; onClose: () => void; onTag: (key: string, value: string) => void }) {
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  return (
    <Dialog title={`Tag ${formatCount(count, "run")}`} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          onTag(key, value);
        }}
      >
        <label>
          Key
          <input value={key} required autoFocus onChange={(event) => setKey(event.target.value)} />
        </label>
        <label>
          Value
          <input value={value} onChange={(event) => setValue(event.target.value)} />
        </label>
        <Button type="submit" kind="primary" disabled={key === ""}>
          Set the tag
        </Button>
      </form>
    </Dialog>
  );
}


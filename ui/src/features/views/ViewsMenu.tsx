import { useQueryClient } from "@tanstack/react-query";
import { Bookmark, Link as LinkIcon, X } from "lucide-react";
import { useState } from "react";

import { deleteExperimentTag, setExperimentTag } from "@/api/changes";
import { keys } from "@/api/queries";
import type { Experiment } from "@/api/types";
import { Button } from "@/components/Button";
import { Popover } from "@/components/Popover";
import { toast, toastError } from "@/components/toasts";
import { changeTo, type View, viewTag, viewText, viewsOf } from "@/lib/views";
import type { Workspace } from "@/lib/workspace";

import styles from "./ViewsMenu.module.css";

interface Props {
  /** Whose tags hold the views. */
  experiment: Experiment;
  workspace: Workspace;
  onChange: (change: Partial<Workspace>) => void;
}

/** Named views of a workspace: kept on the server, chosen, replaced, taken away. */
export function ViewsMenu({ experiment, workspace, onChange }: Props) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const id = experiment.experiment_id;
  const views = viewsOf(experiment.tags);
  const present = views.find((view) => viewText(view.workspace) === viewText(workspace));
  const change = async (work: Promise<unknown>) => {
    try {
      await work;
      await client.invalidateQueries({ queryKey: keys.experiments });
      return true;
    } catch (error) {
      toastError(error);
      return false;
    }
  };
  const save = async (as: string) => {
    const before = experiment.tags[viewTag(as)];
    if (!(await change(setExperimentTag(id, viewTag(as), viewText(workspace))))) return;
    setName("");
    if (before === undefined) toast(`The view “${as.slice(0, 60)}” is kept`);
    else toast(`The view “${as.slice(0, 60)}” is replaced`, { label: "Undo", onSelect: () => void change(setExperimentTag(id, viewTag(as), before)) });
  };
  const remove = async (view: View) => {
    const before = experiment.tags[viewTag(view.name)] ?? "{}";
    if (await change(deleteExperimentTag(id, viewTag(view.name)))) {
      toast(`The view “${view.name.slice(0, 60)}” is gone`, { label: "Undo", onSelect: () => void change(setExperimentTag(id, viewTag(view.name), before)) });
    }
  };
  return (
    <Popover
      label="Views"
      align="end"
      trigger={(props) => (
        <Button {...props} icon={<Bookmark />} aria-pressed={present !== undefined}>
          {present === undefined ? "Views" : present.name.slice(0, 24)}
        </Button>
      )}
    >
      {(close) => (
        <div className={styles.menu}>
          {views.length === 0 && <p className={styles.nothing}>No view of this experiment is kept yet. A view is all that the address holds: filter, columns, groups, charts.</p>}
          <ul>
            {views.map((view) => (
              <li key={view.name} className={styles.view}>
                <button
                  type="button"
                  aria-current={view === present}
                  title={view.name}
                  onClick={() => {
                    close();
                    onChange(changeTo(view.workspace, workspace));
                  }}
                >
                  {view.name}
                </button>
                <Button kind="quiet" icon={<X />} aria-label={`Remove the view ${view.name}`} onClick={() => void remove(view)} />
              </li>
            ))}
          </ul>
          <form
            className={styles.save}
            onSubmit={(event) => {
              event.preventDefault();
              void save(name.trim());
            }}
          >
            <input required aria-label="Name of the view" placeholder="Keep this one as…" value={name} onChange={(event) => setName(event.target.value)} />
            <Button type="submit" kind="primary">
              Keep
            </Button>
          </form>
          <Button
            icon={<LinkIcon />}
            onClick={() => {
              close();
              void navigator.clipboard.writeText(window.location.href).then(() => toast("The link is copied"), toastError);
            }}
          >
            Copy a link to this
          </Button>
        </div>
      )}
    </Popover>
  );
}

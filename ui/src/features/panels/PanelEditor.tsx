import { type SyntheticEvent, useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { type ExtraPanel, PANEL_SIZES, type PanelSize } from "@/lib/extraPanels";

import { KindFields } from "./KindFields";
import { titleFor } from "./kinds";
import styles from "./PanelEditor.module.css";

interface Props {
  panel: ExtraPanel;
  isNew: boolean;
  onSave: (panel: ExtraPanel) => void;
  onClose: () => void;
}

const SIZE_NAMES: Record<PanelSize, string> = { s: "Small", m: "Medium", l: "Large" };

/** Everything that there is to say about a panel. */
export function PanelEditor({ panel, isNew, onSave, onClose }: Props) {
  const [draft, setDraft] = useState(panel);
  const [title, setTitle] = useState(panel.title ?? "");
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    onSave({ ...draft, title: title.trim() === "" ? undefined : title.trim() });
  };
  const untitled = { ...draft, title: undefined };
  const isText = draft.kind === "markdown" || draft.kind === "vega";
  return (
    <Dialog
      title={isNew ? "Add a panel" : "Edit the panel"}
      size={isText ? "large" : "small"}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="panel-editor">
            {isNew ? "Add" : "Save"}
          </Button>
        </>
      }
    >
      <form id="panel-editor" className={styles.form} onSubmit={save}>
        <KindFields panel={draft} onChange={setDraft} />
        <label>
          Title
          <input type="text" value={title} maxLength={300} placeholder={titleFor(untitled).slice(0, 80)} onChange={(event) => setTitle(event.target.value)} />
        </label>
        <fieldset className={styles.choice}>
          <legend>Size</legend>
          {PANEL_SIZES.map((size) => (
            <label key={size}>
              <input type="radio" name="size" checked={(draft.size ?? "m") === size} onChange={() => setDraft({ ...draft, size })} />
              {SIZE_NAMES[size]}
            </label>
          ))}
        </fieldset>
      </form>
    </Dialog>
  );
}

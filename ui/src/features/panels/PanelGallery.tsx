import { Dialog } from "@/components/Dialog";
import type { ExtraPanel } from "@/lib/extraPanels";

import { KINDS } from "./kinds";
import styles from "./PanelGallery.module.css";
import { newPanelId } from "./panelId";
import { useFieldChoices } from "./usePanelRows";

interface Props {
  onClose: () => void;
  onChoose: (panel: ExtraPanel) => void;
}

/** The kinds of panels to choose from. */
export function PanelGallery({ onClose, onChoose }: Props) {
  const choices = useFieldChoices();
  return (
    <Dialog title="Add a panel" size="large" onClose={onClose}>
      <ul className={styles.kinds}>
        {KINDS.map(({ name, hint, icon: Icon, begin }) => (
          <li key={name}>
            <button type="button" className={styles.kind} onClick={() => onChoose(begin(newPanelId(), choices))}>
              <Icon size={20} aria-hidden />
              <span>
                <b>{name}</b>
                <small>{hint}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

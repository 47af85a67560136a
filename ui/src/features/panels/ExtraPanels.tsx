import { Plus } from "lucide-react";
import { useMemo, useState } from "react";

import type { RunsQuestion } from "@/api/queries";
import { Button } from "@/components/Button";
import { toast } from "@/components/toasts";
import type { ExtraPanel } from "@/lib/extraPanels";
import type { Workspace } from "@/lib/workspace";

import styles from "./ExtraPanels.module.css";
import { titleFor } from "./kinds";
import { PanelEditor } from "./PanelEditor";
import { PanelFrame } from "./PanelFrame";
import { PanelGallery } from "./PanelGallery";
import { PanelRunsContext } from "./usePanelRows";

interface Props {
  asked: RunsQuestion;
  workspace: Workspace;
  onChange: (change: Partial<Workspace>) => void;
}

const NO_PANELS: readonly ExtraPanel[] = [];
const NO_TEXTS: readonly string[] = [];

type Open = { kind: "gallery" } | { kind: "editor"; panel: ExtraPanel; isNew: boolean } | null;

/** The panels that somebody added to a workspace, and a way to add more. */
export function ExtraPanels({ asked, workspace, onChange }: Props) {
  const { extra: panels = NO_PANELS, hidden = NO_TEXTS, group = NO_TEXTS } = workspace;
  const [open, setOpen] = useState<Open>(null);
  const shown = useMemo(() => panels.filter((panel) => isSearched(titleFor(panel), workspace.panels)), [panels, workspace.panels]);
  const askedText = JSON.stringify(asked);
  const runs = useMemo(
    () => ({
      asked: JSON.parse(askedText) as RunsQuestion,
      hidden,
      group,
      filter: workspace.filter ?? "",
      onFilter: (filter: string) => onChange({ filter: filter === "" ? undefined : filter }),
    }),
    [askedText, hidden, group, workspace.filter, onChange],
  );

  const keep = (next: readonly ExtraPanel[]) => onChange({ extra: next.length === 0 ? undefined : [...next] });
  const replace = (panel: ExtraPanel) => keep(panels.map((one) => (one.id === panel.id ? panel : one)));
  const remove = (panel: ExtraPanel) => {
    const before = [...panels];
    keep(panels.filter((one) => one.id !== panel.id));
    toast(`“${titleFor(panel).slice(0, 60)}” was removed`, { label: "Undo", onSelect: () => keep(before) });
  };
  const move = (panel: ExtraPanel, by: number) => {
    const rest = panels.filter((one) => one.id !== panel.id);
    const to = Math.max(0, panels.indexOf(panel) + by);
    keep([...rest.slice(0, to), panel, ...rest.slice(to)]);
  };

  return (
    <PanelRunsContext value={runs}>
      <section className={styles.section} aria-label="Added panels">
        <header className={styles.bar}>
          {panels.length > 0 && <h2>Panels</h2>}
          <Button icon={<Plus />} onClick={() => setOpen({ kind: "gallery" })}>
            Add panel
          </Button>
        </header>
        {shown.length > 0 && (
          <div className={styles.grid}>
            {shown.map((panel) => (
              <PanelFrame
                key={panel.id}
                panel={panel}
                onChange={replace}
                onEdit={() => setOpen({ kind: "editor", panel, isNew: false })}
                onRemove={() => remove(panel)}
                onMove={{
                  ...(panel === panels[0] ? {} : { earlier: () => move(panel, -1) }),
                  ...(panel === panels.at(-1) ? {} : { later: () => move(panel, 1) }),
                }}
              />
            ))}
          </div>
        )}
        {open?.kind === "gallery" && (
          <PanelGallery onClose={() => setOpen(null)} onChoose={(panel) => setOpen({ kind: "editor", panel, isNew: true })} />
        )}
        {open?.kind === "editor" && (
          <PanelEditor
            panel={open.panel}
            isNew={open.isNew}
            onClose={() => setOpen(null)}
            onSave={(panel) => {
              setOpen(null);
              if (open.isNew) keep([...panels, panel]);
              else replace(panel);
            }}
          />
        )}
      </section>
    </PanelRunsContext>
  );
}

/** Whether a title fits the expression that panels are searched by; as long as it is none, every one does. */
function isSearched(title: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  try {
    return new RegExp(pattern, "i").test(title);
  } catch {
    return true;
  }
}

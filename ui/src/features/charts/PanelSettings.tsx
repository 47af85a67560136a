import { useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { type ChartSettings, type OwnSettings, settingsOf } from "@/lib/chartSettings";

import styles from "./ChartSettings.module.css";
import { SmoothingFields } from "./SmoothingFields";

interface Props {
  metric: string;
  settings: ChartSettings;
  onSave: (own: OwnSettings | undefined) => void;
  onClose: () => void;
}

/** What one chart has of its own. */
export function PanelSettings({ metric, settings, onSave, onClose }: Props) {
  const [own, setOwn] = useState<OwnSettings>(settingsOf(settings, metric));
  const [low, high] = own.y ?? [null, null];
  return (
    <Dialog
      title={`Settings of ${metric.slice(0, 100)}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={() => onSave(undefined)}>As all are</Button>
          <Button kind="primary" onClick={() => onSave(own)}>
            Save
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <SmoothingFields smoothing={own.smoothing ?? { kind: "none" }} onChange={(smoothing) => setOwn({ ...own, smoothing })} />
        <label className={styles.check}>
          <input type="checkbox" checked={own.logY ?? false} onChange={(event) => setOwn({ ...own, logY: event.target.checked })} />
          Logarithmic y
        </label>
        <label className={styles.check}>
          <input type="checkbox" checked={own.clip ?? false} onChange={(event) => setOwn({ ...own, clip: event.target.checked })} />
          Leave outliers outside
        </label>
        <NumberField label="Lowest y" value={low} onChange={(value) => setOwn({ ...own, y: [value, high] })} />
        <NumberField label="Highest y" value={high} onChange={(value) => setOwn({ ...own, y: [low, value] })} />
      </div>
    </Dialog>
  );
}

function NumberField({ label, value, onChange }: { label: string; value: number | null; onChange: (value: number | null) => void }) {
  return (
    <label>
      {label}
      <input
        type="number"
        step="any"
        placeholder="as the points say"
        value={value ?? ""}
        onChange={(event) => onChange(Number.isNaN(event.target.valueAsNumber) ? null : event.target.valueAsNumber)}
      />
    </label>
  );
}

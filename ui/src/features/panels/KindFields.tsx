import type { ExtraPanel, SpreadShape } from "@/lib/extraPanels";

import { ArtifactSelect } from "./ArtifactSelect";
import { AxesList } from "./AxesList";
import { FieldSelect } from "./FieldSelect";
import styles from "./PanelEditor.module.css";
import { useFieldChoices } from "./usePanelRows";
import { readSpec } from "./vegaSpec";

interface Props {
  panel: ExtraPanel;
  onChange: (panel: ExtraPanel) => void;
}

/** Texts stand in the address, which has an end. */
const MOST_TEXT = 10_000;

const NUMBERS = ["metrics", "params", "attributes"] as const;
const ALL = ["params", "metrics", "tags", "attributes"] as const;
const SHAPES: readonly (readonly [SpreadShape, string])[] = [
  ["bar", "Bars"],
  ["box", "Boxes"],
  ["violin", "Violins"],
];

/** What is special to the kind of a panel. */
export function KindFields({ panel, onChange }: Props) {
  const choices = useFieldChoices();
  switch (panel.kind) {
    case "spread":
      return (
        <>
          <fieldset className={styles.choice}>
            <legend>Drawn as</legend>
            {SHAPES.map(([shape, name]) => (
              <label key={shape}>
                <input type="radio" name="shape" checked={panel.shape === shape} onChange={() => onChange({ ...panel, shape })} />
                {name}
              </label>
            ))}
          </fieldset>
          <FieldSelect label="Metric (its last value)" value={panel.y} onChange={(y) => onChange({ ...panel, y })} choices={choices} kinds={["metrics"]} />
          <FieldSelect
            label="By"
            value={panel.by ?? ""}
            none="The table's groups, or else each run"
            onChange={(by) => onChange({ ...panel, by: filled(by) })}
            choices={choices}
            kinds={["params", "tags", "attributes"]}
          />
        </>
      );
    case "scatter":
      return (
        <>
          <FieldSelect label="X" value={panel.x} onChange={(x) => onChange({ ...panel, x })} choices={choices} kinds={NUMBERS} />
          <Check label="Logarithmic x" isOn={panel.logX === true} onChange={(isOn) => onChange({ ...panel, logX: isOn || undefined })} />
          <FieldSelect label="Y" value={panel.y} onChange={(y) => onChange({ ...panel, y })} choices={choices} kinds={NUMBERS} />
          <Check label="Logarithmic y" isOn={panel.logY === true} onChange={(isOn) => onChange({ ...panel, logY: isOn || undefined })} />
          <FieldSelect
            label="Colour"
            value={panel.colour ?? ""}
            none="The colour of the run"
            onChange={(colour) => onChange({ ...panel, colour: filled(colour) })}
            choices={choices}
            kinds={ALL}
          />
        </>
      );
    case "parallel":
      return (
        <>
          <AxesList panel={panel} choices={choices} onChange={onChange} />
          <FieldSelect
            label="Colour"
            value={panel.colour ?? ""}
            none="The colour of the run"
            onChange={(colour) => onChange({ ...panel, colour: filled(colour) })}
            choices={choices}
            kinds={ALL}
          />
        </>
      );
    case "importance":
      return <FieldSelect label="Metric" value={panel.y} onChange={(y) => onChange({ ...panel, y })} choices={choices} kinds={["metrics"]} />;
    case "histogram":
      return (
        <>
          <ArtifactSelect label="Histograms" what="histogram" value={panel.path} onChange={(path) => onChange({ ...panel, path })} />
          <fieldset className={styles.choice}>
            <legend>Drawn as</legend>
            <label>
              <input type="radio" name="style" checked={panel.style === "ridges"} onChange={() => onChange({ ...panel, style: "ridges" })} />
              Ridges
            </label>
            <label>
              <input type="radio" name="style" checked={panel.style === "heat"} onChange={() => onChange({ ...panel, style: "heat" })} />
              Heat map
            </label>
          </fieldset>
        </>
      );
    case "media":
      return <ArtifactSelect label="Artifact" what={panel.media} value={panel.path} onChange={(path) => onChange({ ...panel, path })} />;
    case "markdown":
      return (
        <label>
          Markdown
          <textarea value={panel.text} maxLength={MOST_TEXT} spellCheck placeholder={"## What this is about\n\nWhat was found, and what is next."} onChange={(event) => onChange({ ...panel, text: event.target.value })} />
        </label>
      );
    case "vega":
      return <SpecField spec={panel.spec} onChange={(spec) => onChange({ ...panel, spec })} />;
  }
}

function SpecField({ spec, onChange }: { spec: string; onChange: (spec: string) => void }) {
  const read = readSpec(spec);
  return (
    <>
      <label>
        Vega-Lite specification
        <textarea value={spec} maxLength={MOST_TEXT} spellCheck={false} aria-invalid={read instanceof Error} onChange={(event) => onChange(event.target.value)} />
      </label>
      {read instanceof Error ? (
        <p role="alert" className={styles.error}>
          {read.message}
        </p>
      ) : (
        <p className={styles.hint}>
          Its data are the runs: <code>run_name</code>, <code>status</code>, <code>start_time</code>, <code>duration</code>, <code>params.lr</code>,{" "}
          <code>metrics.loss</code>, <code>tags.team</code>. A dot in a key is written <code>{"\\\\."}</code>.
        </p>
      )}
    </>
  );
}

function Check({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}

const filled = (text: string): string | undefined => (text === "" ? undefined : text);

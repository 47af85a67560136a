import styles from "./Legend.module.css";
import type { DrawnLine } from "./lines";

interface Props {
  lines: readonly DrawnLine[];
  isWhole: boolean;
  /** Told which line is pointed at. */
  onPoint: (id: string | null) => void;
  onHide?: ((runIds: readonly string[], isAlone: boolean) => void) | undefined;
}

const SHOWN = 6;

/** The names of lines: one that is pointed at stands out, one that is clicked goes. */
export function Legend({ lines, isWhole, onPoint, onHide }: Props) {
  const shown = isWhole ? lines : lines.slice(0, SHOWN);
  return (
    <ul className={styles.legend} data-whole={isWhole} aria-label="Lines" onMouseLeave={() => onPoint(null)}>
      {shown.map((line) => (
        <li key={line.id}>
          <button
            type="button"
            className={styles.line}
            title={onHide === undefined ? line.label : `${line.label}: click to hide it; with shift, to hide all others`}
            onMouseEnter={() => onPoint(line.id)}
            onFocus={() => onPoint(line.id)}
            onBlur={() => onPoint(null)}
            onClick={(event) => onHide?.(line.runIds, event.shiftKey || event.altKey)}
          >
            <span className={styles.swatch} style={{ background: line.colour }} />
            <span className={styles.name}>{line.label}</span>
          </button>
        </li>
      ))}
      {lines.length > shown.length && <li className={styles.more}>{lines.length - shown.length} more</li>}
    </ul>
  );
}

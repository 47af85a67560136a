import { useMemo, useState } from "react";

import { formatCount } from "@/lib/format";
import { type PatchFile, filesOf } from "@/lib/patch";

import { Button } from "./Button";
import styles from "./DiffView.module.css";

const SHOWN = 400;
const OPEN_AT_FIRST = 5;

/** A unified diff, file by file. */
export function DiffView({ patch }: { patch: string }) {
  const files = useMemo(() => filesOf(patch), [patch]);
  return (
    <div className={styles.diff}>
      {files.map((file, at) => (
        <FileDiff key={`${at} ${file.name}`} file={file} isOpen={at < OPEN_AT_FIRST} />
      ))}
      {files.length === 0 && <p className={styles.about}>Nothing differs.</p>}
    </div>
  );
}

function FileDiff({ file, isOpen }: { file: PatchFile; isOpen: boolean }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? file.lines : file.lines.slice(0, SHOWN);
  return (
    <details open={isOpen}>
      <summary>
        <code>{file.name.slice(0, 300)}</code> <span className={styles.added}>+{file.added}</span> <span className={styles.removed}>−{file.removed}</span>
        {file.isBinary && " binary"}
      </summary>
      {file.lines.length > 0 && (
        <pre className={styles.lines} tabIndex={0}>
          {shown.map((line, at) => (
            <span key={at} data-kind={line.kind}>
              {SIGNS[line.kind]}
              {line.text.slice(0, 2000)}
              {"\n"}
            </span>
          ))}
        </pre>
      )}
      {file.lines.length > shown.length && <Button onClick={() => setWhole(true)}>{formatCount(file.lines.length - shown.length, "more line")}</Button>}
    </details>
  );
}

const SIGNS = { added: "+ ", removed: "− ", same: "  ", place: "" } as const;

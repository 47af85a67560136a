import { useState } from "react";

import { Button } from "./Button";
import styles from "./KeyValues.module.css";

const SHOWN = 50;
const LONGEST = 300;

/** Names and values; the first of many, and of long ones the beginning. */
export function KeyValues({ rows, nothing }: { rows: readonly (readonly [string, string])[]; nothing: string }) {
  const [isAll, setAll] = useState(false);
  if (rows.length === 0) return <p className={styles.nothing}>{nothing}</p>;
  const shown = isAll ? rows : rows.slice(0, SHOWN);
  return (
    <>
      <dl className={styles.list}>
        {shown.map(([key, value]) => (
          <div key={key} className={styles.row}>
            <dt title={key}>{key}</dt>
            <dd>
              <Value text={value} />
            </dd>
          </div>
        ))}
      </dl>
      {rows.length > shown.length && (
        <Button kind="quiet" onClick={() => setAll(true)}>
          {rows.length - shown.length} more
        </Button>
      )}
    </>
  );
}

function Value({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  if (text.length <= LONGEST || isWhole) return <>{text}</>;
  return (
    <>
      {text.slice(0, LONGEST)}…{" "}
      <button type="button" className={styles.more} onClick={() => setWhole(true)}>
        all {text.length.toLocaleString("en")} characters
      </button>
    </>
  );
}

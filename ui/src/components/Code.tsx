import { lazy, Suspense } from "react";

import styles from "./Code.module.css";

const Highlighted = lazy(async () => ({ default: (await import("./Highlighted")).Highlighted }));

/** So long a text is shown in one colour. */
const MOST = 200_000;

/** A text in a language, by the ending of files in it. */
export function Code({ text, language }: { text: string; language: string }) {
  const bare = (
    <pre className={styles.code} tabIndex={0}>
      {text}
    </pre>
  );
  if (language === "" || text.length > MOST) return bare;
  return (
    <Suspense fallback={bare}>
      <Highlighted text={text} language={language} className={styles.code ?? ""} />
    </Suspense>
  );
}

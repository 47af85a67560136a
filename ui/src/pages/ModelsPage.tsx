import { ModelList } from "@/features/registry";
import { useLiveRegistry } from "@/lib/useLive";

import styles from "./page.module.css";

export function ModelsPage() {
  useLiveRegistry();
  return (
    <div className={styles.page}>
      <title>Models – Runstone</title>
      <h1>Models</h1>
      <ModelList />
    </div>
  );
}

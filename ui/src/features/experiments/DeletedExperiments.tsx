import { useQuery } from "@tanstack/react-query";

import { deletedExperimentsQuery } from "@/api/queries";
import { Button } from "@/components/Button";

import styles from "./ExperimentTree.module.css";
import { useExperimentChanges } from "./useExperimentChanges";

/** Experiments that can still be brought back. */
export function DeletedExperiments() {
  const { data = [] } = useQuery(deletedExperimentsQuery);
  const { restore } = useExperimentChanges();
  if (data.length === 0) return null;
  return (
    <details className={styles.deleted}>
      <summary>{data.length} deleted</summary>
      <ul>
        {data.map((one) => (
          <li key={one.experiment_id} className={styles.row}>
            <span className={styles.name} title={one.name}>
              {one.name}
            </span>
            <Button onClick={() => void restore(one.experiment_id)} aria-label={`Restore ${one.name}`}>
              Restore
            </Button>
          </li>
        ))}
      </ul>
    </details>
  );
}

import { Badge } from "@/components/Badge";

import styles from "./registry.module.css";

/** Aliases and the versions that they name. */
export function Aliases({ aliases }: { aliases: Readonly<Record<string, string>> }) {
  return (
    <span className={styles.aliases}>
      {Object.entries(aliases)
        .sort()
        .map(([alias, version]) => (
          <Badge key={alias} tone="accent">
            @{alias} → {version}
          </Badge>
        ))}
    </span>
  );
}

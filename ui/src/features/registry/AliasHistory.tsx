import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { aliasMovesQuery } from "@/api/queries";
import { Card } from "@/components/Card";
import { ErrorState } from "@/components/States";
import { Ago } from "@/components/Time";

import styles from "./registry.module.css";

/** Where the aliases of a model pointed, the newest first. */
export function AliasHistory({ name }: { name: string }) {
  const { data: moves = [], error } = useQuery(aliasMovesQuery(name));
  if (error !== null) return <ErrorState error={error} />;
  return (
    <Card title="Alias history" count={moves.length}>
      {moves.length === 0 && <p className={styles.inside}>No alias has pointed anywhere yet.</p>}
      <ol className={styles.moves}>
        {moves.map((move, at) => (
          <li key={at}>
            <span>
              @{move.alias}{" "}
              {move.version === null ? (
                "was removed"
              ) : (
                <>
                  → <Link to="/models/$name/$version" params={{ name, version: move.version }}>version {move.version}</Link>
                </>
              )}
            </span>
            <span className={styles.dim}>
              {move.user_id !== "" && `${move.user_id}, `}
              <Ago ms={move.moved_ms} />
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

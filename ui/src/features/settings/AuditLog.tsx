import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { auditQuery } from "@/api/accounts";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ErrorState, Skeleton } from "@/components/States";
import { Ago } from "@/components/Time";

import styles from "./settings.module.css";

const NOTHING = { actor: "", action: "", target: "" };

/** Who did what to what, the newest first. */
export function AuditLog() {
  const [typed, setTyped] = useState(NOTHING);
  const [asked, setAsked] = useState(NOTHING);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(auditQuery(asked));
  const records = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card title="Audit log">
      <form
        className={styles.filters}
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(typed);
        }}
      >
        {(["actor", "action", "target"] as const).map((field) => (
          <input
            key={field}
            type="search"
            aria-label={FIELDS[field]}
            placeholder={FIELDS[field]}
            value={typed[field]}
            onChange={(event) => setTyped({ ...typed, [field]: event.target.value })}
          />
        ))}
        <Button type="submit">Find</Button>
      </form>
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton lines={8} />}
      {data !== undefined && records.length === 0 && <p className={styles.nothing}>Nothing of that kind was done.</p>}
      {records.length > 0 && (
        <div className={styles.scroll} role="region" aria-label="What was done" tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">Did</th>
                <th scope="col">To</th>
                <th scope="col">With</th>
                <th scope="col">From</th>
              </tr>
            </thead>
            <tbody>
              {records.map((record) => (
                <tr key={record.audit_no}>
                  <td>
                    <Ago ms={record.at_ms} />
                  </td>
                  <td>{record.actor}</td>
                  <td>{record.action.replaceAll("_", " ")}</td>
                  <td>{record.target.slice(0, 300)}</td>
                  <td className={styles.detail}>{record.detail.slice(0, 300)}</td>
                  <td>{record.address}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {hasNextPage && (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Older
        </Button>
      )}
    </Card>
  );
}

const FIELDS = { actor: "Who", action: "Did what: set_registered_model_alias", target: "To what: an id or a name" } as const;

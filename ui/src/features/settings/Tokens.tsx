import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { accountKeys, revokeToken, tokensQuery } from "@/api/accounts";
import type { AccessToken } from "@/api/types";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { ErrorState, Skeleton } from "@/components/States";
import { Ago } from "@/components/Time";
import { toast, toastError } from "@/components/toasts";
import { grantText } from "@/lib/grants";
import { formatMoment } from "@/lib/time";

import styles from "./settings.module.css";
import { TokenDialog } from "./TokenDialog";

const KINDS: Record<AccessToken["kind"], string> = { api: "program", session: "browser", setup: "first setting of a password" };

/** The tokens and sessions of a user. */
export function Tokens({ userName, isOwn = false }: { userName: string; isOwn?: boolean }) {
  const client = useQueryClient();
  const { data: tokens, error, refetch } = useQuery(tokensQuery(userName));
  const [isMaking, setMaking] = useState(false);
  const [revoked, setRevoked] = useState<AccessToken | null>(null);
  const revoke = async ({ token_id: id, name }: AccessToken) => {
    setRevoked(null);
    try {
      await revokeToken(userName, id);
      await client.invalidateQueries({ queryKey: accountKeys.tokens(userName) });
      toast(`“${name}” is worthless from now on`);
    } catch (error_) {
      toastError(error_);
    }
  };
  return (
    <Card
      title={isOwn ? "Your tokens and sessions" : `Tokens and sessions of ${userName}`}
      {...(tokens === undefined ? {} : { count: tokens.length })}
      actions={<Button onClick={() => setMaking(true)}>New token</Button>}
    >
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {tokens === undefined && error === null && <Skeleton lines={3} />}
      {tokens?.length === 0 && <p className={styles.nothing}>None. A token lets a program log in: training jobs, CI, MLflow’s clients.</p>}
      {tokens !== undefined && tokens.length > 0 && (
        <div className={styles.scroll} role="region" aria-label="Tokens" tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">For a</th>
                <th scope="col">At most</th>
                <th scope="col">Made</th>
                <th scope="col">Last used</th>
                <th scope="col">Until</th>
                <th scope="col" aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {tokens.map((token) => (
                <tr key={token.token_id}>
                  <td>{token.name}</td>
                  <td>{KINDS[token.kind]}</td>
                  <td>{token.grants.length === 0 ? "whatever its user may" : token.grants.map(grantText).join(", ")}</td>
                  <td>
                    <Ago ms={token.created_ms} />
                  </td>
                  <td>{token.last_used_ms === null ? "never" : <Ago ms={token.last_used_ms} />}</td>
                  <td>{token.expires_ms === null ? "revoked" : formatMoment(token.expires_ms)}</td>
                  <td>
                    <Button onClick={() => setRevoked(token)} aria-label={`Revoke ${token.name}`}>
                      Revoke
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isMaking && <TokenDialog userName={userName} onClose={() => setMaking(false)} />}
      {revoked !== null && (
        <ConfirmDialog title={`Revoke “${revoked.name}”`} action="Revoke" onConfirm={() => void revoke(revoked)} onClose={() => setRevoked(null)}>
          Whatever uses it is refused from now on. This cannot be undone; a new token can be made.
        </ConfirmDialog>
      )}
    </Card>
  );
}

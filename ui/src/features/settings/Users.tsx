import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MoreHorizontal } from "lucide-react";
import { useState } from "react";

import { accountKeys, deleteUser, updateUser, usersQuery } from "@/api/accounts";
import type { User } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { Menu } from "@/components/Menu";
import { ErrorState, Skeleton } from "@/components/States";
import { Ago } from "@/components/Time";
import { toast, toastError } from "@/components/toasts";
import { grantText } from "@/lib/grants";

import styles from "./settings.module.css";
import { Tokens } from "./Tokens";
import { UserDialog } from "./UserDialog";

type Open = { kind: "new" } | { kind: "edit"; user: User } | { kind: "delete"; user: User } | null;

/** Everybody who may log in, for admins. */
export function Users({ openName }: { openName: string | undefined }) {
  const client = useQueryClient();
  const { data: users, error, refetch } = useQuery(usersQuery);
  const [open, setOpen] = useState<Open>(null);
  const change = async (work: Promise<unknown>, said: string) => {
    try {
      await work;
      await client.invalidateQueries({ queryKey: accountKeys.users });
      toast(said);
    } catch (error_) {
      toastError(error_);
    }
  };
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (users === undefined) return <Skeleton lines={6} />;
  return (
    <>
      <Card
        title="Users"
        count={users.length}
        actions={
          <Button kind="primary" onClick={() => setOpen({ kind: "new" })}>
            New user
          </Button>
        }
      >
        <div className={styles.scroll} role="region" aria-label="All users" tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Is</th>
                <th scope="col">Rights</th>
                <th scope="col">Since</th>
                <th scope="col" aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {users.map((user) => (
                <tr key={user.name}>
                  <th scope="row">
                    <Link to="/settings" search={{ tab: "users", of: user.name }} title="Tokens and sessions">
                      {user.name}
                    </Link>
                  </th>
                  <td>
                    {user.kind === "service" ? <Badge tone="info">service</Badge> : <Badge>person</Badge>} {!user.is_active && <Badge tone="warn">let in no longer</Badge>}
                  </td>
                  <td>{user.grants.length === 0 ? <span className={styles.dim}>none</span> : user.grants.map(grantText).join(", ")}</td>
                  <td>
                    <Ago ms={user.created_ms} />
                  </td>
                  <td>
                    <Menu
                      label={`What to do with ${user.name}`}
                      align="end"
                      trigger={(props) => <Button {...props} kind="quiet" icon={<MoreHorizontal />} aria-label={`Actions on ${user.name}`} />}
                      items={[
                        { label: "Rights and password…", onSelect: () => setOpen({ kind: "edit", user }) },
                        user.is_active
                          ? {
                              label: "Let in no longer",
                              onSelect: () => void change(updateUser(user.name, { is_active: false }), `${user.name} is let in no longer`),
                            }
                          : { label: "Let in again", onSelect: () => void change(updateUser(user.name, { is_active: true }), `${user.name} is let in again`) },
                        "line",
                        { label: "Delete…", isDangerous: true, onSelect: () => setOpen({ kind: "delete", user }) },
                      ]}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
      {openName !== undefined && users.some(({ name }) => name === openName) && <Tokens userName={openName} />}
      {open?.kind === "new" && <UserDialog onClose={() => setOpen(null)} />}
      {open?.kind === "edit" && <UserDialog user={open.user} onClose={() => setOpen(null)} />}
      {open?.kind === "delete" && (
        <ConfirmDialog
          title={`Delete ${open.user.name}`}
          action="Delete"
          onClose={() => setOpen(null)}
          onConfirm={() => {
            setOpen(null);
            void change(deleteUser(open.user.name), `${open.user.name} is deleted`);
          }}
        >
          All tokens of {open.user.name} become worthless. Runs stay, and so does what the audit log says. “Let in no longer” keeps the account.
        </ConfirmDialog>
      )}
    </>
  );
}

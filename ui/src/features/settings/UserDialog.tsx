import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { accountKeys, createUser, updateUser } from "@/api/accounts";
import type { Grant, User } from "@/api/types";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { toast, toastError } from "@/components/toasts";

import { GrantEditor } from "./GrantEditor";
import styles from "./settings.module.css";

const FIRST_GRANT: Grant = { role: "editor", scope: "everything", pattern: "*" };

/** Makes a user, or changes one. */
export function UserDialog({ user, onClose }: { user?: User; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(user?.name ?? "");
  const [kind, setKind] = useState<User["kind"]>(user?.kind ?? "person");
  const [password, setPassword] = useState("");
  const [grants, setGrants] = useState<Grant[]>(user?.grants ?? [FIRST_GRANT]);
  const save = async () => {
    try {
      if (user === undefined) await createUser({ name, kind, password: password === "" ? null : password, grants });
      else await updateUser(user.name, { grants, ...(password === "" ? {} : { password }) });
      await client.invalidateQueries({ queryKey: accountKeys.users });
      onClose();
      toast(user === undefined ? `${name} may log in` : `${name} is changed`);
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog
      title={user === undefined ? "New user" : `Rights and password of ${user.name}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="user">
            {user === undefined ? "Make" : "Save"}
          </Button>
        </>
      }
    >
      <form
        id="user"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {user === undefined && (
          <>
            <label>
              Name
              <input autoFocus required value={name} onChange={(event) => setName(event.target.value)} />
            </label>
            <label>
              Is a
              <select value={kind} onChange={(event) => setKind(event.target.value as User["kind"])}>
                <option value="person">person, who logs in by a password</option>
                <option value="service">service, which has tokens only</option>
              </select>
            </label>
          </>
        )}
        {kind === "person" && (
          <label>
            {user === undefined ? "Password" : "Another password"}
            <input
              type="password"
              autoComplete="new-password"
              value={password}
              placeholder={user === undefined ? "" : "stays as it is"}
              onChange={(event) => setPassword(event.target.value)}
            />
          </label>
        )}
        <GrantEditor label="Rights" grants={grants} onChange={setGrants} nothing="None: only what everybody sees." />
      </form>
    </Dialog>
  );
}

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { accountKeys, createToken } from "@/api/accounts";
import type { Grant } from "@/api/types";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Command } from "@/components/States";
import { toastError } from "@/components/toasts";

import { GrantEditor } from "./GrantEditor";
import styles from "./settings.module.css";

const DAY_MS = 86_400_000;
const LIFETIMES = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "a year"],
  ["", "until it is revoked"],
] as const;

/** Makes a token, and shows its secret once. */
export function TokenDialog({ userName, onClose }: { userName: string; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [grants, setGrants] = useState<Grant[]>([]);
  const [secret, setSecret] = useState<string | null>(null);
  const make = async () => {
    try {
      const expires = days === "" ? null : Date.now() + Number(days) * DAY_MS;
      const made = await createToken(userName, { name, grants, expires_ms: expires });
      setSecret(made.secret);
      await client.invalidateQueries({ queryKey: accountKeys.tokens(userName) });
    } catch (error) {
      toastError(error);
    }
  };
  if (secret !== null) {
    return (
      <Dialog title={`The token ${name}`} onClose={onClose} actions={<Button onClick={onClose}>Done</Button>}>
        <p>Copy it now: it is kept nowhere, and not shown again.</p>
        <Command text={secret} />
        <p>A program logs in with it by</p>
        <Command text={`export RUNSTONE_TRACKING_URI=${window.location.origin}\nexport RUNSTONE_TOKEN=${secret}`} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title="New token"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="new-token">
            Make it
          </Button>
        </>
      }
    >
      <form
        id="new-token"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <label>
          What for
          <input autoFocus required value={name} placeholder="nightly training" onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          It lasts
          <select value={days} onChange={(event) => setDays(event.target.value)}>
            {LIFETIMES.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <GrantEditor label="It may do at most" grants={grants} onChange={setGrants} nothing="Whatever its user may." />
      </form>
    </Dialog>
  );
}

import { useState } from "react";

import { changePassword, signOut } from "@/api/accounts";
import type { Me } from "@/api/types";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Command } from "@/components/States";
import { toast, toastError } from "@/components/toasts";
import { grantText } from "@/lib/grants";

import styles from "./settings.module.css";
import { Tokens } from "./Tokens";

/** Who one is, and by what one is known. */
export function Account({ me }: { me: Me }) {
  if (me.how === "open") return <NoAccounts />;
  return (
    <>
      <Card
        title="You"
        actions={
          me.how === "session" && (
            <Button onClick={() => void signOut().catch(toastError)}>Sign out</Button>
          )
        }
      >
        <div className={styles.inside}>
          <p>
            You are <strong>{me.name}</strong>, known by {me.how === "token" ? "a token" : me.how === "session" ? "a session of this browser" : "a password"}.
          </p>
          <Grants title="You are" grants={me.grants.map(grantText)} nothing="You have no rights yet: an admin can grant some." />
          {me.limits.length > 0 && <Grants title="This token lets you be at most" grants={me.limits.map(grantText)} nothing="" />}
        </div>
      </Card>
      {me.how === "session" && <Password />}
      <Tokens userName={me.name} isOwn />
    </>
  );
}

function Grants({ title, grants, nothing }: { title: string; grants: readonly string[]; nothing: string }) {
  if (grants.length === 0) return <p className={styles.dim}>{nothing}</p>;
  return (
    <p>
      {title} {grants.join(", ")}.
    </p>
  );
}

function NoAccounts() {
  return (
    <Card title="This server asks nobody who they are">
      <div className={styles.inside}>
        <p>Whoever reaches it may do everything. Make a first user, and it asks from then on:</p>
        <Command text={"runstone users create YOU -g admin\nrunstone server --login"} />
        <p className={styles.dim}>
          Programs then need a token: <code>runstone login</code> keeps one, or <code>RUNSTONE_TOKEN</code> holds it; MLflow’s clients
          take it as <code>MLFLOW_TRACKING_TOKEN</code>.
        </p>
      </div>
    </Card>
  );
}

function Password() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = async () => {
    try {
      await changePassword(current, next);
      setCurrent("");
      setNext("");
      toast("Your password is another one. All other sessions have ended.");
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Card title="Password">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <label>
          The present one
          <input type="password" autoComplete="current-password" required value={current} onChange={(event) => setCurrent(event.target.value)} />
        </label>
        <label>
          The new one
          <input type="password" autoComplete="new-password" required value={next} onChange={(event) => setNext(event.target.value)} />
        </label>
        <Button type="submit">Change it</Button>
      </form>
    </Card>
  );
}

import { X } from "lucide-react";

import type { Grant } from "@/api/types";
import { Button } from "@/components/Button";
import { ROLES, ROLE_MEANING } from "@/lib/grants";

import styles from "./settings.module.css";

interface Props {
  label: string;
  grants: readonly Grant[];
  onChange: (grants: Grant[]) => void;
  nothing: string;
}

const EVERYTHING: Grant = { role: "editor", scope: "everything", pattern: "*" };
const SCOPES: Record<Grant["scope"], string> = { everything: "everything", experiment: "experiments", model: "models" };

/** Roles, each on everything or on what a name or the beginning of names says. */
export function GrantEditor({ label, grants, onChange, nothing }: Props) {
  const replace = (at: number, change: Partial<Grant>) => onChange(grants.map((one, index) => (index === at ? { ...one, ...change } : one)));
  return (
    <fieldset className={styles.grants}>
      <legend>{label}</legend>
      {grants.length === 0 && <p className={styles.dim}>{nothing}</p>}
      {grants.map((grant, at) => (
        <div key={at} className={styles.grant}>
          <select aria-label="Role" value={grant.role} title={ROLE_MEANING[grant.role]} onChange={(event) => replace(at, { role: event.target.value as Grant["role"] })}>
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {role}
              </option>
            ))}
          </select>
          <span>of</span>
          <select
            aria-label="Of what"
            value={grant.scope}
            onChange={(event) => {
              const scope = event.target.value as Grant["scope"];
              replace(at, { scope, pattern: scope === "everything" ? "*" : grant.pattern });
            }}
          >
            {Object.entries(SCOPES).map(([scope, text]) => (
              <option key={scope} value={scope}>
                {text}
              </option>
            ))}
          </select>
          {grant.scope !== "everything" && (
            <input
              required
              aria-label="Name, or the beginning of names with a * after it"
              title="A name, or the beginning of names with a * after it"
              placeholder="fraud/*"
              value={grant.pattern}
              onChange={(event) => replace(at, { pattern: event.target.value })}
            />
          )}
          <Button kind="quiet" icon={<X />} aria-label="Take this right away" onClick={() => onChange(grants.filter((_, index) => index !== at))} />
        </div>
      ))}
      <Button onClick={() => onChange([...grants, EVERYTHING])}>Add a right</Button>
    </fieldset>
  );
}

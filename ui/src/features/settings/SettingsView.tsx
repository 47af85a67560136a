import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { meQuery } from "@/api/queries";
import { ErrorState, Skeleton } from "@/components/States";
import { isAdmin } from "@/lib/grants";
import type { SettingsPlace, SettingsTab } from "@/lib/settings";

import { Account } from "./Account";
import { AuditLog } from "./AuditLog";
import styles from "./settings.module.css";
import { Storage } from "./Storage";
import { Users } from "./Users";
import { Webhooks } from "./Webhooks";

const TITLES: Record<SettingsTab, string> = {
  account: "Account",
  users: "Users",
  webhooks: "Webhooks",
  audit: "Audit log",
  storage: "Storage",
};

/** Who may do what, what is told to whom, and how much there is. */
export function SettingsView({ tab = "account", of }: SettingsPlace) {
  const { data: me, error, refetch } = useQuery(meQuery);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (me === undefined) return <Skeleton lines={8} />;
  const hasAccounts = me.how !== "open";
  const tabs: SettingsTab[] = [
    "account",
    ...(isAdmin(me) ? (hasAccounts ? (["users", "webhooks", "audit"] as const) : (["webhooks"] as const)) : []),
    "storage",
  ];
  return (
    <div className={styles.settings}>
      <nav className={styles.tabs} aria-label="Settings">
        {tabs.map((one) => (
          <Link key={one} to="/settings" search={{ tab: one }} aria-current={one === tab ? "page" : undefined}>
            {TITLES[one]}
          </Link>
        ))}
      </nav>
      <div className={styles.content}>
        {tab === "account" && <Account me={me} />}
        {tab === "users" && <Users openName={of} />}
        {tab === "webhooks" && <Webhooks openId={of} />}
        {tab === "audit" && <AuditLog />}
        {tab === "storage" && <Storage />}
      </div>
    </div>
  );
}

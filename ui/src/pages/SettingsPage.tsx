import { getRouteApi } from "@tanstack/react-router";

import { SettingsView } from "@/features/settings";

import styles from "./page.module.css";

const route = getRouteApi("/settings");

export function SettingsPage() {
  const place = route.useSearch();
  return (
    <div className={styles.page}>
      <title>Settings – Runstone</title>
      <h1>Settings</h1>
      <SettingsView {...place} />
    </div>
  );
}

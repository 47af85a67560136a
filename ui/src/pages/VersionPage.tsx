import { getRouteApi } from "@tanstack/react-router";

import { VersionView } from "@/features/registry";
import { useLiveRegistry } from "@/lib/useLive";

import styles from "./page.module.css";

const route = getRouteApi("/models/$name/$version");

export function VersionPage() {
  const { name, version } = route.useParams();
  useLiveRegistry();
  return (
    <div className={styles.page}>
      <title>{`${name} ${version} – Runstone`}</title>
      <VersionView name={name} version={version} />
    </div>
  );
}

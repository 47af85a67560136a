import { getRouteApi } from "@tanstack/react-router";

import { ModelView } from "@/features/registry";
import { useLiveRegistry } from "@/lib/useLive";

import styles from "./page.module.css";

const route = getRouteApi("/models/$name");

export function ModelPage() {
  const { name } = route.useParams();
  useLiveRegistry();
  return (
    <div className={styles.page}>
      <title>{`${name} – Runstone`}</title>
      <ModelView name={name} />
    </div>
  );
}

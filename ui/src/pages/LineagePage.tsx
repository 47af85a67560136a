import { getRouteApi } from "@tanstack/react-router";

import { LineageStart, LineageView } from "@/features/lineage";

import styles from "./LineagePage.module.css";

const route = getRouteApi("/lineage");

export function LineagePage() {
  const { kind, id } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className={styles.page}>
      <title>Lineage – Runstone</title>
      <header className={styles.head}>
        <h1>Lineage</h1>
        <p>What was made from what, found by content: the same data is the same thing, whoever logged it.</p>
      </header>
      {kind === undefined || id === undefined ? (
        <div className={styles.start}>
          <LineageStart onChoose={(node) => void navigate({ search: node })} />
        </div>
      ) : (
        <LineageView key={`${kind} ${id}`} root={{ kind, id }} />
      )}
    </div>
  );
}

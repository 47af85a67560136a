import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { filesQuery, textQuery } from "@/api/artifacts";
import { Card } from "@/components/Card";
import { DiffView } from "@/components/DiffView";
import { ErrorState } from "@/components/States";

import styles from "./RunOverview.module.css";

const FOLDER = "runstone/code";
const PATCH = `${FOLDER}/diff.patch`;

/** What was changed and not committed, and the files of code that are kept. */
export function CodeChanges({ runId }: { runId: string }) {
  const { data: files = [] } = useQuery(filesQuery(runId, FOLDER));
  const hasPatch = files.some(({ path }) => path === PATCH);
  const { data: patch, error } = useQuery({ ...textQuery(runId, PATCH), enabled: hasPatch });
  const others = files.filter(({ path }) => path !== PATCH && !path.endsWith("/state.json"));
  if (files.length === 0) return null;
  return (
    <Card title="Code" count={others.length + (hasPatch ? 1 : 0)}>
      {error !== null && <ErrorState error={error} />}
      {patch !== undefined && <DiffView patch={patch.text} />}
      {!hasPatch && others.length === 0 && <p className={styles.recipe}>Nothing was changed that is not in the commit.</p>}
      <ul className={styles.children}>
        {others.map(({ path }) => (
          <li key={path}>
            <Link to="/runs/$runId" params={{ runId }} search={{ tab: "artifacts", path }}>
              {path.slice(FOLDER.length + 1)}
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

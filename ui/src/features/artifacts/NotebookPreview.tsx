import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { textQuery } from "@/api/artifacts";
import { Markdown } from "@/components/Markdown";
import { Code } from "@/components/Code";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";

import { type Cell, readNotebook } from "./notebook";
import type { FileProps } from "./Preview";
import styles from "./Preview.module.css";

/** A notebook: its cells, and what they gave as texts and pictures. */
export function NotebookPreview({ ownerId, path }: FileProps) {
  const { data, error } = useQuery(textQuery(ownerId, path));
  const cells = useMemo(() => (data === undefined ? undefined : readNotebook(data.text)), [data]);
  if (error !== null) return <ErrorState error={error} />;
  if (cells === undefined) return <Skeleton lines={12} />;
  if (cells === null) return <EmptyState title="This notebook cannot be read here">It is none, or too large. Download it to open it.</EmptyState>;
  return (
    <div className={styles.notebook}>
      {cells.map((cell, at) => (
        <NotebookCell key={at} cell={cell} />
      ))}
    </div>
  );
}

function NotebookCell({ cell }: { cell: Cell }) {
  if (cell.kind === "markdown") return <Markdown text={cell.source} />;
  return (
    <div>
      <Code text={cell.source} language={cell.kind === "code" ? "python" : ""} />
      {cell.outputs.map((output, at) =>
        output.kind === "image" ? (
          <img key={at} className={styles.image} src={output.url} alt="What the cell drew" />
        ) : (
          <pre key={at} className={styles.output} tabIndex={0} data-error={output.kind === "error"}>
            {output.text}
          </pre>
        ),
      )}
    </div>
  );
}

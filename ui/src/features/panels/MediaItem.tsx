import { lazy, Suspense, useState } from "react";

import { contentUrl } from "@/api/artifacts";
import type { MediaKind } from "@/lib/extraPanels";

import { LoggedTable } from "./LoggedTable";
import styles from "./MediaBody.module.css";

const LoggedVega = lazy(async () => ({ default: (await import("./LoggedVega")).LoggedVega }));

interface Props {
  runId: string;
  path: string;
  kind: MediaKind;
  label: string;
}

/** One artifact, as its kind is shown. */
export function MediaItem({ runId, path, kind, label }: Props) {
  const url = contentUrl(runId, path);
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  switch (kind) {
    case "image":
      return <Picture key={url} url={url} label={label} />;
    case "audio":
      return <audio className={styles.audio} controls preload="metadata" src={url} aria-label={label} />;
    case "video":
      return <video className={styles.video} controls preload="metadata" src={url} aria-label={label} />;
    case "table":
      return <LoggedTable runId={runId} path={path} label={label} />;
    case "plot":
      if (ending === "html" || ending === "htm") return <iframe className={styles.frame} src={url} title={label} sandbox="" loading="lazy" />;
      if (ending === "json") {
        return (
          <Suspense fallback={<div className={styles.frame} />}>
            <LoggedVega runId={runId} path={path} label={label} />
          </Suspense>
        );
      }
      return <Picture key={url} url={url} label={label} />;
  }
}

function Picture({ url, label }: { url: string; label: string }) {
  const [isBroken, setBroken] = useState(false);
  if (isBroken) return <p className={styles.broken}>This file cannot be shown.</p>;
  return (
    <a href={url} target="_blank" rel="noreferrer" aria-label={`${label}: open in full size`}>
      <img className={styles.image} src={url} alt={label} loading="lazy" decoding="async" onError={() => setBroken(true)} />
    </a>
  );
}

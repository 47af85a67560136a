import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useMemo } from "react";

import { MOST_TEXT, contentUrl, textQuery } from "@/api/artifacts";
import { CopyButton } from "@/components/CopyButton";
import { type Column, DataTable } from "@/components/DataTable";
import { JsonTree } from "@/components/JsonTree";
import { Markdown } from "@/components/Markdown";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { formatBytes } from "@/lib/format";

import { kindOf, rowsOf } from "./kinds";
import styles from "./Preview.module.css";

interface Props {
  ownerId: string;
  path: string;
  size: number;
  digest: string;
}

/** What is in a file. */
export function Preview({ ownerId, path, size, digest }: Props) {
  return (
    <>
      <header className={styles.head}>
        <h2 title={path}>{path}</h2>
        <span>{formatBytes(size)}</span>
        <code title={digest}>{digest.slice(0, 19)}…</code>
        <CopyButton text={digest} label="Copy the digest" />
        <a href={contentUrl(ownerId, path, true)} download className={styles.download}>
          <Download size={15} /> Download
        </a>
      </header>
      <div className={styles.body}>
        <Content ownerId={ownerId} path={path} />
      </div>
    </>
  );
}

function Content({ ownerId, path }: { ownerId: string; path: string }) {
  const url = contentUrl(ownerId, path);
  const kind = kindOf(path);
  switch (kind) {
    case "image":
      return <img className={styles.image} src={url} alt={path} />;
    case "audio":
      return <audio className={styles.player} src={url} controls aria-label={path} />;
    case "video":
      return <video className={styles.player} src={url} controls aria-label={path} />;
    case "page":
      // The server sends it with a policy under which nothing in it runs, and so does the frame.
      return <iframe className={styles.frame} src={url} sandbox="" title={path} />;
    case "other":
      return (
        <EmptyState title="This kind of file is not shown">
          It is not opened here: files such as pickles run code when they are. Download it to use it.
        </EmptyState>
      );
    default:
      return <TextContent ownerId={ownerId} path={path} kind={kind} />;
  }
}

interface TextProps {
  ownerId: string;
  path: string;
  kind: "markdown" | "json" | "table" | "text";
}

function TextContent({ ownerId, path, kind }: TextProps) {
  const { data, error, refetch } = useQuery(textQuery(ownerId, path));
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton lines={8} />;
  return (
    <>
      {!data.isWhole && <p className={styles.note}>The first {formatBytes(MOST_TEXT)}; download it for the rest.</p>}
      <Shown text={data.text} isWhole={data.isWhole} kind={kind} path={path} />
    </>
  );
}

function Shown({ text, isWhole, kind, path }: { text: string; isWhole: boolean; kind: TextProps["kind"]; path: string }) {
  const value = useMemo(() => (kind === "json" && isWhole ? parsed(text) : undefined), [kind, isWhole, text]);
  if (kind === "table") return <Table text={text} separator={path.toLowerCase().endsWith("tsv") ? "\t" : ","} />;
  if (kind === "markdown") {
    return (
      <div className={styles.markdown}>
        <Markdown text={text} />
      </div>
    );
  }
  if (value !== undefined) return <JsonTree value={value} />;
  return (
    <pre className={styles.text} tabIndex={0}>
      {text}
    </pre>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const MOST_ROWS = 100_000;

function Table({ text, separator }: { text: string; separator: string }) {
  const [head = [], ...rows] = useMemo(() => rowsOf(text, separator, MOST_ROWS), [text, separator]);
  const columns = head.map((title, at): Column<string[]> => ({
    id: String(at),
    title,
    width: 140,
    render: (row) => <span title={row[at]}>{row[at]}</span>,
  }));
  return (
    <div className={styles.table}>
      <DataTable label="Rows" columns={columns} count={rows.length} rowAt={(index) => rows[index]} keyOf={(_, index) => String(index)} />
    </div>
  );
}

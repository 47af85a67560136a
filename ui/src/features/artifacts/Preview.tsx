import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { lazy, Suspense, useMemo } from "react";

import { MOST_TEXT, contentUrl, textQuery } from "@/api/artifacts";
import { Code } from "@/components/Code";
import { CopyButton } from "@/components/CopyButton";
import { type Column, DataTable } from "@/components/DataTable";
import { JsonTree } from "@/components/JsonTree";
import { Markdown } from "@/components/Markdown";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { formatBytes } from "@/lib/format";

import { endingOf, kindOf, rowsOf } from "./kinds";
import styles from "./Preview.module.css";

export interface FileProps {
  ownerId: string;
  path: string;
  /** In bytes. */
  size: number;
}

interface Props extends FileProps {
  digest: string;
}

// Readers of formats are large, and come when the first file of theirs is looked at.
const Parquet = lazy(async () => ({ default: (await import("./ParquetPreview")).ParquetPreview }));
const Arrow = lazy(async () => ({ default: (await import("./ArrowPreview")).ArrowPreview }));
const Numpy = lazy(async () => ({ default: (await import("./NumpyPreview")).NumpyPreview }));
const Safetensors = lazy(async () => ({ default: (await import("./SafetensorsPreview")).SafetensorsPreview }));
const Pdf = lazy(async () => ({ default: (await import("./PdfPreview")).PdfPreview }));
const Notebook = lazy(async () => ({ default: (await import("./NotebookPreview")).NotebookPreview }));

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
        <Suspense fallback={<Skeleton lines={8} />}>
          <Content ownerId={ownerId} path={path} size={size} />
        </Suspense>
      </div>
    </>
  );
}

function Content(file: FileProps) {
  const { ownerId, path } = file;
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
    case "parquet":
      return <Parquet {...file} />;
    case "arrow":
      return <Arrow {...file} />;
    case "numpy":
      return <Numpy {...file} />;
    case "safetensors":
      return <Safetensors {...file} />;
    case "pdf":
      return <Pdf {...file} />;
    case "notebook":
      return <Notebook {...file} />;
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
    <div className={styles.code}>
      <Code text={text} language={endingOf(path)} />
    </div>
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

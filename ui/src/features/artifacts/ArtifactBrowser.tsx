import { useQuery } from "@tanstack/react-query";
import { ChevronRight, File, Folder } from "lucide-react";
import { useState } from "react";

import { filesQuery, folderQuery } from "@/api/artifacts";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { formatBytes, formatCount } from "@/lib/format";

import styles from "./ArtifactBrowser.module.css";
import { Preview } from "./Preview";

interface Props {
  /** A run or a logged model. */
  ownerId: string;
  path: string | undefined;
  onPath: (path: string) => void;
}

const LISTED = 500;

/** The files of a run: a tree, a search over all of them, and what is in each. */
export function ArtifactBrowser({ ownerId, path, onPath }: Props) {
  const [typed, setTyped] = useState("");
  const { data: all } = useQuery(filesQuery(ownerId));
  if (all?.length === 0) {
    return (
      <EmptyState title="No files" command={'runstone.log_artifact("model.onnx")'}>
        Files that a program logs are kept by their content, each once.
      </EmptyState>
    );
  }
  const file = all?.find((one) => one.path === path);
  const total = all?.reduce((sum, one) => sum + one.size_bytes, 0) ?? 0;
  const found = typed === "" ? null : (all ?? []).filter((one) => one.path.toLowerCase().includes(typed.toLowerCase()));
  return (
    <div className={styles.browser}>
      <div className={styles.side}>
        <input
          type="search"
          className={styles.search}
          placeholder="Find a file"
          aria-label="Find a file"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <p className={styles.total}>{all === undefined ? "…" : `${formatCount(all.length, "file")}, ${formatBytes(total)}`}</p>
        {found === null ? (
          <FolderOf ownerId={ownerId} folder="" chosen={path} onPath={onPath} />
        ) : (
          <ul>
            {found.slice(0, LISTED).map((one) => (
              <li key={one.path}>
                <FileRow path={one.path} label={one.path} size={one.size_bytes} chosen={path} onPath={onPath} />
              </li>
            ))}
            {found.length === 0 && <li className={styles.total}>No file has such a name.</li>}
            {found.length > LISTED && <li className={styles.total}>{found.length - LISTED} more</li>}
          </ul>
        )}
      </div>
      <div className={styles.preview}>
        {path === undefined && <EmptyState title="Choose a file to look at it" />}
        {path !== undefined && all !== undefined && file === undefined && <EmptyState title="There is no such file">{path}</EmptyState>}
        {file !== undefined && <Preview key={file.path} ownerId={ownerId} path={file.path} size={file.size_bytes} digest={file.digest} />}
      </div>
    </div>
  );
}

interface FolderProps {
  ownerId: string;
  folder: string;
  chosen: string | undefined;
  onPath: (path: string) => void;
}

function FolderOf({ ownerId, folder, chosen, onPath }: FolderProps) {
  const { data, error, refetch } = useQuery(folderQuery(ownerId, folder));
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton lines={3} height={12} />;
  const sorted = [...data].sort((one, other) => Number(other.is_dir) - Number(one.is_dir) || one.path.localeCompare(other.path, "en", { numeric: true }));
  return (
    <ul className={folder === "" ? "" : styles.inner}>
      {sorted.slice(0, LISTED).map((one) => (
        <li key={one.path}>
          {one.is_dir ? (
            <FolderRow ownerId={ownerId} folder={one.path} chosen={chosen} onPath={onPath} />
          ) : (
            <FileRow path={one.path} label={nameOf(one.path)} size={one.file_size ?? 0} chosen={chosen} onPath={onPath} />
          )}
        </li>
      ))}
      {sorted.length > LISTED && <li className={styles.total}>{sorted.length - LISTED} more: find them by name</li>}
    </ul>
  );
}

function FolderRow({ ownerId, folder, chosen, onPath }: FolderProps) {
  const [isOpen, setOpen] = useState(chosen?.startsWith(`${folder}/`) ?? false);
  return (
    <>
      <button type="button" className={styles.row} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <ChevronRight size={13} style={isOpen ? { rotate: "90deg" } : undefined} />
        <Folder size={14} />
        <span>{nameOf(folder)}</span>
      </button>
      {isOpen && <FolderOf ownerId={ownerId} folder={folder} chosen={chosen} onPath={onPath} />}
    </>
  );
}

interface FileProps {
  path: string;
  label: string;
  size: number;
  chosen: string | undefined;
  onPath: (path: string) => void;
}

function FileRow({ path, label, size, chosen, onPath }: FileProps) {
  return (
    <button type="button" className={styles.row} aria-current={path === chosen} title={path} onClick={() => onPath(path)}>
      <File size={14} />
      <span>{label}</span>
      <small>{formatBytes(size)}</small>
    </button>
  );
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

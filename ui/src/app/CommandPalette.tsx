import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useDeferredValue, useEffect, useRef, useState } from "react";

import { experimentsQuery, firstRunsQuery, modelsQuery } from "@/api/queries";
import { matchScore } from "@/lib/match";

import styles from "./CommandPalette.module.css";
import { chooseTheme } from "./theme";

interface Entry {
  key: string;
  kind: string;
  label: string;
  detail: string;
  go: () => void;
}

interface Props {
  onClose: () => void;
  onHelp: () => void;
}

const SHOWN = 12;
const RUNS = 20;

/** Reaches anything by its name: type, choose with the arrows, Enter. */
export function CommandPalette({ onClose, onHelp }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const entries = useEntries(useDeferredValue(typed.trim()), onClose, onHelp);

  useEffect(() => dialog.current?.showModal(), []);

  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((at + step + entries.length) % Math.max(1, entries.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      entries[at]?.go();
    }
  };

  return (
    <dialog
      ref={dialog}
      aria-label="Search"
      className={styles.palette}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <input
        className={styles.input}
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={entries[at] === undefined ? undefined : `palette-${at}`}
        placeholder="Find an experiment, a model, a run by its name or id, something to do…"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={move}
      />
      <ul id="palette-list" role="listbox" aria-label="Found" className={styles.list}>
        {entries.map((entry, index) => (
          <li
            key={entry.key}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === at}
            className={styles.entry}
            onMouseMove={() => setAt(index)}
            onClick={entry.go}
          >
            <span className={styles.kind}>{entry.kind}</span>
            <span className={styles.label}>{entry.label}</span>
            <span className={styles.detail}>{entry.detail}</span>
          </li>
        ))}
        {entries.length === 0 && <li className={styles.nothing}>Nothing of that name.</li>}
      </ul>
    </dialog>
  );
}

function useEntries(typed: string, onClose: () => void, onHelp: () => void): Entry[] {
  const navigate = useNavigate();
  const { data: experiments = [] } = useQuery(experimentsQuery);
  const { data: runs = [] } = useQuery(firstRunsQuery({ experimentIds: null, filter: runFilter(typed), orderBy: [] }, RUNS));
  const { data: models = [] } = useQuery(modelsQuery(""));
  const does = (work: () => void) => () => {
    onClose();
    work();
  };
  const names = new Map(experiments.map((one) => [one.experiment_id, one.name]));
  const found = [
    ...experiments.map((one) => ({
      key: `e${one.experiment_id}`,
      kind: "experiment",
      label: one.name,
      detail: "",
      go: does(() => void navigate({ to: "/experiments/$experimentIds", params: { experimentIds: one.experiment_id } })),
    })),
    ...runs.map(({ info }) => ({
      key: `r${info.run_id}`,
      kind: "run",
      label: info.run_name,
      detail: names.get(info.experiment_id) ?? "",
      go: does(() => void navigate({ to: "/runs/$runId", params: { runId: info.run_id } })),
    })),
    ...models.map(({ name }) => ({
      key: `m${name}`,
      kind: "model",
      label: name,
      detail: "",
      go: does(() => void navigate({ to: "/models/$name", params: { name } })),
    })),
    ...PAGES.map(({ label, to }) => ({ key: to, kind: "page", label, detail: "", go: does(() => void navigate({ to })) })),
    { key: "dark", kind: "do", label: "Use dark colours", detail: "", go: does(() => chooseTheme("dark")) },
    { key: "light", kind: "do", label: "Use light colours", detail: "", go: does(() => chooseTheme("light")) },
    { key: "link", kind: "do", label: "Copy a link to this page", detail: "", go: does(() => void navigator.clipboard.writeText(window.location.href)) },
    { key: "keys", kind: "do", label: "Show the keys", detail: "?", go: onHelp },
  ];
  return found
    .map((entry) => ({ entry, score: entry.kind === "run" ? 0.5 : matchScore(typed, entry.label) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .slice(0, SHOWN)
    .map(({ entry }) => entry);
}

const PAGES = [
  { label: "Experiments", to: "/" },
  { label: "Models", to: "/models" },
  { label: "Lineage", to: "/lineage" },
  { label: "Settings", to: "/settings" },
] as const;

function runFilter(typed: string): string {
  if (typed === "") return "";
  const quoted = typed.replaceAll("'", "''");
  return /^[0-9a-f]{32}$/.test(typed) ? `run_id = '${typed}'` : `run_name ILIKE '%${quoted}%'`;
}

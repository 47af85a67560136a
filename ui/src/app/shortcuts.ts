/** Keys that work on every page, as long as nobody is typing. */
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

interface Shortcut {
  keys: string;
  does: string;
}

/** What the help lists. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: "Ctrl K", does: "Find anything" },
  { keys: "?", does: "Show these keys" },
  { keys: "/", does: "Filter what is on the page" },
  { keys: "g h", does: "Go to the experiments" },
  { keys: "g m", does: "Go to the models" },
  { keys: "g l", does: "Go to the lineage" },
  { keys: "g s", does: "Go to the settings" },
  { keys: "↑ ↓ or k j", does: "In a table: go up and down" },
  { keys: "x", does: "In a table of runs: select a run" },
  { keys: "Enter", does: "In a table: open what is marked" },
  { keys: "← → + −", does: "In a chart: move and zoom" },
  { keys: "0", does: "In a chart: show all of it" },
  { keys: "Escape", does: "Close what is open" },
];

const PLACES = { h: "/", m: "/models", l: "/lineage", s: "/settings" } as const;
const SEQUENCE_MS = 1500;

/** Listen to the keys of every page. */
export function useShortcuts(onSearch: () => void, onHelp: () => void): void {
  const navigate = useNavigate();
  const wentAt = useRef(-Infinity);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        onSearch();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const place = PLACES[event.key as keyof typeof PLACES] as (typeof PLACES)[keyof typeof PLACES] | undefined;
      if (event.timeStamp - wentAt.current < SEQUENCE_MS && place !== undefined) void navigate({ to: place });
      else if (event.key === "?") onHelp();
      else if (event.key === "/") {
        const field = document.querySelector<HTMLElement>('[aria-keyshortcuts="/"], main input[type="search"]');
        if (field === null) return;
        event.preventDefault();
        field.focus();
      }
      wentAt.current = event.key === "g" ? event.timeStamp : -Infinity;
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [navigate, onSearch, onHelp]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) || target.closest("dialog[open]") !== null);
}

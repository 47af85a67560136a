import { useSyncExternalStore } from "react";

const KEY = "runstone.favourites";
const listeners = new Set<() => void>();

/** Experiments that somebody marked in this browser. */
export function useFavourites() {
  const text = useSyncExternalStore(subscribe, read);
  const ids = new Set(text.split(" "));
  return {
    has: (id: string) => ids.has(id),
    toggle: (id: string) => {
      if (!ids.delete(id)) ids.add(id);
      localStorage.setItem(KEY, [...ids].join(" ").trim());
      for (const listener of listeners) listener();
    },
  };
}

const read = () => localStorage.getItem(KEY) ?? "";

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

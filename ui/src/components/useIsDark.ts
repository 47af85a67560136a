import { useSyncExternalStore } from "react";

/** Whether the page is dark: by its own setting, or else the system's. */
export function useIsDark(): boolean {
  return useSyncExternalStore(subscribe, read);
}

const system = () => window.matchMedia("(prefers-color-scheme: dark)");

function read(): boolean {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === undefined ? system().matches : chosen === "dark";
}

function subscribe(listener: () => void): () => void {
  const query = system();
  query.addEventListener("change", listener);
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    query.removeEventListener("change", listener);
    observer.disconnect();
  };
}

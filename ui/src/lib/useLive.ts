/** Reading again what changed on the server, while a page shows it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { type Change, listen } from "@/api/live";
import { experimentsQuery, keys } from "@/api/queries";

const GATHER_MS = 150;

/** Keep the registry as it is on the server. */
export function useLiveRegistry(): void {
  const client = useQueryClient();
  useEffect(() => listen({ registry: true }, () => void client.invalidateQueries({ queryKey: keys.models })), [client]);
}

/** Keep runs and experiments as they are on the server. */
export function useLiveRuns(runIds: readonly string[], experimentIds: readonly string[] | "all"): void {
  const client = useQueryClient();
  const { data: all = [] } = useQuery({ ...experimentsQuery, enabled: experimentIds === "all" });
  const experiments = experimentIds === "all" ? all.map((one) => one.experiment_id) : experimentIds;
  const asked = JSON.stringify({ runIds, experimentIds: experiments });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stale = new Map<string, readonly unknown[]>();
    const flush = () => {
      timer = null;
      for (const key of stale.values()) void client.invalidateQueries({ queryKey: key });
      stale.clear();
    };
    const heard = (change: Change) => {
      for (const key of keysOf(change)) stale.set(JSON.stringify(key), key);
      timer ??= setTimeout(flush, GATHER_MS);
    };
    const leave = listen(JSON.parse(asked) as { runIds: string[]; experimentIds: string[] }, heard);
    return () => {
      leave();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client, asked]);
}

function keysOf({ kind, id, what }: Change): (readonly unknown[])[] {
  switch (kind) {
    case "resync":
      return [keys.experiments, keys.runs, ["run"], keys.series, ["artifacts"], ["console"]];
    case "experiment":
      return [keys.experiments, keys.runs];
    case "registry":
      return [keys.models];
    case "run":
      return [
        keys.run(id),
        keys.runs,
        ...(what.includes("metrics") ? [keys.series] : []),
        ...(what.includes("artifacts") ? [["artifacts", id]] : []),
        ...(what.includes("console") ? [["console", id]] : []),
      ];
  }
}

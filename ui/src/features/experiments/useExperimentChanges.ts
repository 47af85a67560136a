import { useQueryClient } from "@tanstack/react-query";

import { createExperiment, deleteExperiment, renameExperiment, restoreExperiment } from "@/api/changes";
import { keys } from "@/api/queries";
import type { Experiment } from "@/api/types";
import { toast, toastError } from "@/components/toasts";

/** Ways to change which experiments there are; each says what went wrong, and returns whether it worked. */
export function useExperimentChanges() {
  const client = useQueryClient();
  const change = async (work: Promise<unknown>): Promise<boolean> => {
    try {
      await work;
      await client.invalidateQueries({ queryKey: keys.experiments });
      return true;
    } catch (error) {
      toastError(error);
      return false;
    }
  };
  const restore = (experimentId: string) => change(restoreExperiment(experimentId));
  return {
    create: (name: string) => change(createExperiment(name)),
    rename: (experimentId: string, name: string) => change(renameExperiment(experimentId, name)),
    restore,
    remove: async ({ experiment_id: id, name }: Experiment) => {
      if (await change(deleteExperiment(id))) {
        toast(`${name.slice(0, 60)} is deleted, with its runs`, { label: "Undo", onSelect: () => void restore(id) });
      }
    },
  };
}

import { useQueryClient } from "@tanstack/react-query";

import { deleteRunTag, setRunTags } from "@/api/changes";
import { keys as queryKeys } from "@/api/queries";
import type { Run } from "@/api/types";
import { TagEditor } from "@/components/TagEditor";

/** The tags of a run. */
export function RunTags({ run, keys }: { run: Run; keys: readonly string[] }) {
  const client = useQueryClient();
  const { run_id: runId } = run.info;
  const renew = () => client.invalidateQueries({ queryKey: queryKeys.run(runId) });
  return (
    <TagEditor
      tags={run.tags}
      keys={keys}
      onSet={(key, value) => setRunTags(runId, { [key]: value }).then(renew)}
      onRemove={(key) => deleteRunTag(runId, key).then(renew)}
    />
  );
}

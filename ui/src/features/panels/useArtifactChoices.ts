import { useQuery, useQueryClient } from "@tanstack/react-query";

import { filesQuery } from "@/api/artifacts";

import { type ArtifactKind, isOfKind, seriesOf } from "./steppedPaths";
import { usePanelIds } from "./usePanelRows";

const MOST_RUNS = 100;
const ENOUGH_RUNS = 3;
const MOST_SERIES = 500;

/** The series of artifacts of a kind that some runs have: looked for until a few runs have some. */
export function useArtifactChoices(kind: ArtifactKind) {
  const client = useQueryClient();
  const { ids = [] } = usePanelIds();
  const looked = ids.slice(0, MOST_RUNS);
  return useQuery({
    queryKey: ["artifacts", "choices", kind, looked],
    queryFn: async () => {
      const found = new Set<string>();
      let having = 0;
      for (const id of looked) {
        const entries = await client.query(filesQuery(id, kind === "histogram" ? "histograms" : ""));
        const wanted = entries.map(({ path }) => path).filter((path) => isOfKind(path, kind));
        for (const path of wanted) found.add(seriesOf(path));
        if (wanted.length > 0) having += 1;
        if (having === ENOUGH_RUNS) break;
      }
      return [...found].sort().slice(0, MOST_SERIES);
    },
    staleTime: 10_000,
  });
}

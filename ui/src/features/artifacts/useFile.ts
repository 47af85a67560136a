import { useQuery } from "@tanstack/react-query";

/** Read something out of a file; what goes wrong is an error to show. */
export function useFile<T>(kind: string, ownerId: string, path: string, read: (signal: AbortSignal) => Promise<T>) {
  return useQuery({
    queryKey: ["artifacts", ownerId, kind, path],
    queryFn: ({ signal }) => read(signal),
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });
}

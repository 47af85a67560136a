/** Files of runs and logged models. */
import { queryOptions } from "@tanstack/react-query";

import { ApiError, call } from "./client";

/** Text that is shown without asking, in bytes. */
export const MOST_TEXT = 1 << 20;

/** The address at which a browser is shown a file; whatever it holds, it cannot act as this site. */
export function contentUrl(ownerId: string, path: string, isDownload = false): string {
  return `/api/v1/artifacts/${encodeURIComponent(ownerId)}/content?path=${encodeURIComponent(path)}${isDownload ? "&download=1" : ""}`;
}

export const folderQuery = (ownerId: string, path: string) =>
  queryOptions({
    queryKey: ["artifacts", ownerId, "folder", path],
    queryFn: ({ signal }) =>
      call("get", "/api/v1/artifacts/{owner_id}/list", { path: { owner_id: ownerId }, query: { path }, signal }),
  });

/** Every file at or below a path. */
export const filesQuery = (ownerId: string, path = "") =>
  queryOptions({
    queryKey: ["artifacts", ownerId, "below", path],
    queryFn: ({ signal }) =>
      call("get", "/api/v1/artifacts/{owner_id}", { path: { owner_id: ownerId }, query: { path }, signal }),
  });

/** A file as text; of a large one the beginning. */
export const textQuery = (ownerId: string, path: string) =>
  queryOptions({
    queryKey: ["artifacts", ownerId, "text", path],
    queryFn: async ({ signal }) => {
      const answer = await fetch(contentUrl(ownerId, path), { signal });
      if (!answer.ok) throw new ApiError(answer.status, "NOT_FOUND", `There is no file ${path}.`);
      return readBeginning(answer);
    },
    staleTime: Infinity,
    retry: false,
  });

/** Read some bytes of a file: from one place to before another. */
export async function readBytes(ownerId: string, path: string, start: number, end: number, signal?: AbortSignal): Promise<ArrayBuffer> {
  const answer = await fetch(contentUrl(ownerId, path), { headers: { Range: `bytes=${start}-${end - 1}` }, signal: signal ?? null });
  if (!answer.ok) throw new ApiError(answer.status, "NOT_FOUND", `${path} cannot be read.`);
  const bytes = await answer.arrayBuffer();
  // A proxy may know nothing of ranges, and send all of it.
  return answer.status === 206 ? bytes : bytes.slice(start, end);
}

export interface Beginning {
  text: string;
  isWhole: boolean;
}

async function readBeginning(answer: Response): Promise<Beginning> {
  const reader = answer.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isWhole: true };
    size += value.length;
    text += decoder.decode(value, { stream: true });
    if (size >= MOST_TEXT) {
      await reader.cancel();
      return { text, isWhole: false };
    }
  }
  return { text, isWhole: true };
}

/** Users, their tokens, and what was done by whom. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { call } from "./client";
import type { Grant, User } from "./types";

export const accountKeys = { users: ["users"] as const, tokens: (user: string) => ["tokens", user] as const };

export const usersQuery = queryOptions({
  queryKey: accountKeys.users,
  queryFn: async ({ signal }) => {
    const found: User[] = [];
    let token: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof usersPage>> = await usersPage(token, signal);
      found.push(...page.items);
      token = page.next_page_token;
    } while (token !== null);
    return found;
  },
});

const usersPage = (token: string | null, signal: AbortSignal) => call("get", "/api/v1/users", { query: { page_token: token }, signal });

export const tokensQuery = (userName: string) =>
  queryOptions({
    queryKey: accountKeys.tokens(userName),
    queryFn: ({ signal }) => call("get", "/api/v1/users/{user_name}/tokens", { path: { user_name: userName }, signal }),
  });

export interface AuditQuestion {
  actor: string;
  action: string;
  target: string;
}

/** The audit log by pages, the newest first. */
export const auditQuery = ({ actor, action, target }: AuditQuestion) =>
  infiniteQueryOptions({
    queryKey: ["audit", actor, action, target],
    queryFn: ({ pageParam, signal }) =>
      call("get", "/api/v1/audit", {
        query: { actor: actor || null, action: action || null, target: target || null, page_token: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_page_token,
  });

export interface NewUser {
  name: string;
  kind: User["kind"];
  password: string | null;
  grants: Grant[];
}

export const createUser = (user: NewUser) => call("post", "/api/v1/users", { body: user });

export const updateUser = (name: string, change: { password?: string; grants?: Grant[]; is_active?: boolean }) =>
  call("patch", "/api/v1/users/{name}", { path: { name }, body: change });

export const deleteUser = (name: string) => call("delete", "/api/v1/users/{name}", { path: { name } });

export const createToken = (userName: string, token: { name: string; grants: Grant[]; expires_ms: number | null }) =>
  call("post", "/api/v1/users/{user_name}/tokens", { path: { user_name: userName }, body: token });

export const revokeToken = (userName: string, tokenId: string) =>
  call("delete", "/api/v1/users/{user_name}/tokens/{token_id}", { path: { user_name: userName, token_id: tokenId } });

export const changePassword = (current: string, next: string) =>
  call("post", "/api/v1/me/password", { body: { current_password: current, new_password: next } });

/** End the session, and go where one begins. */
export async function signOut(): Promise<void> {
  await call("post", "/api/v1/logout");
  window.location.assign("/login");
}

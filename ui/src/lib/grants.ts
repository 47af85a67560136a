/** Rights in words. */
import type { Grant, Me } from "@/api/types";

export const ROLES: readonly Grant["role"][] = ["viewer", "editor", "admin"];

/** What each role lets somebody do. */
export const ROLE_MEANING: Record<Grant["role"], string> = {
  viewer: "may see",
  editor: "may log, write, delete runs and register versions",
  admin: "may also delete experiments and models, and settings if of everything",
};

/** Return a right in words: `editor of experiments fraud/*`. */
export function grantText({ role, scope, pattern }: Grant): string {
  if (scope === "everything") return `${role} of everything`;
  return `${role} of ${scope === "experiment" ? "experiments" : "models"} ${pattern}`;
}

/** Whether users, webhooks and the audit log are for somebody. */
export function isAdmin(me: Me): boolean {
  if (me.how === "open") return true;
  const isOne = (grants: readonly Grant[]) => grants.some((grant) => grant.role === "admin" && grant.scope === "everything");
  return isOne(me.grants) && (me.limits.length === 0 || isOne(me.limits));
}

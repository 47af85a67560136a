import { expect, test } from "vitest";

import type { Grant, Me } from "@/api/types";

import { grantText, isAdmin } from "./grants";

const admin: Grant = { role: "admin", scope: "everything", pattern: "*" };
const editor: Grant = { role: "editor", scope: "experiment", pattern: "fraud/*" };
const me = (grants: Grant[], limits: Grant[], how: Me["how"] = "session"): Me => ({ name: "ada", kind: "person", how, grants, limits });

test("a right in words", () => {
  expect(grantText(admin)).toBe("admin of everything");
  expect(grantText(editor)).toBe("editor of experiments fraud/*");
  expect(grantText({ ...editor, scope: "model", pattern: "m" })).toBe("editor of models m");
});

test("who is admin, and with what", () => {
  expect(isAdmin(me([admin], []))).toBe(true);
  expect(isAdmin(me([admin], [editor]))).toBe(false);
  expect(isAdmin(me([{ ...admin, scope: "experiment" }], []))).toBe(false);
  expect(isAdmin(me([], [], "open"))).toBe(true);
});

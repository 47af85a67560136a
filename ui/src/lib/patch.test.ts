import { expect, test } from "vitest";

import { filesOf } from "./patch";

const PATCH = `diff --git a/src/train.py b/src/train.py
index 1..2 100644
--- a/src/train.py
+++ b/src/train.py
@@ -1,3 +1,3 @@ def f
 same
-old
+new
--- a line that looks like a header
\\ No newline at end of file
diff --git a/x.bin b/x.bin
GIT binary patch
literal 3
`;

test("files, their lines, and how many were added and removed", () => {
  const [train, binary] = filesOf(PATCH);
  expect(train).toMatchObject({ name: "src/train.py", added: 1, removed: 2, isBinary: false });
  expect(train?.lines.map(({ kind }) => kind)).toEqual(["place", "same", "removed", "added", "removed"]);
  expect(binary).toMatchObject({ name: "x.bin", isBinary: true, lines: [] });
});

test("a patch without Git's headers, and a text that is none", () => {
  expect(filesOf("--- a.py\t1\n+++ a.py\t2\n@@ -1 +1 @@\n-1\n+2\n")).toMatchObject([{ name: "a.py", added: 1, removed: 1 }]);
  expect(filesOf("hello\nworld")).toEqual([]);
});

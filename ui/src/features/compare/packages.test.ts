import { expect, test } from "vitest";

import { packageLines, versionsIn } from "./packages";

test("packages by their names, however these are written", () => {
  const found = versionsIn("# comment\nnumpy==2.1.0\nTyping_Extensions==4.1 ; python_version < '4'\nmine @ file:///x\n-e .\nbare\ntorch[cuda]==2.0\n");
  expect([...found]).toEqual([
    ["numpy", "2.1.0"],
    ["typing-extensions", "4.1"],
    ["mine", "file:///x"],
    ["torch", "2.0"],
  ]);
});

test("what differs, and what one of them lacks", () => {
  const lines = packageLines([versionsIn("a==1\nb==1"), versionsIn("a==2\nb==1\nc==3")]);
  expect(lines).toEqual([
    { name: "a", versions: ["1", "2"], isSame: false },
    { name: "b", versions: ["1", "1"], isSame: true },
    { name: "c", versions: [null, "3"], isSame: false },
  ]);
});

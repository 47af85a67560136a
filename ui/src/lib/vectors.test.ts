import { describe, expect, it } from "vitest";

import { escaped } from "./vectors";

describe("escaped", () => {
  it("lets no text become markup", () => {
    expect(escaped(`<script>"a" & 'b'`)).toBe("&#60;script&#62;&#34;a&#34; &#38; &#39;b&#39;");
  });

  it("leaves out what XML cannot hold, and keeps what lies beyond the first plane", () => {
    expect(escaped("a\u0000b\u0007c\ud800d\u{1f600}\n")).toBe("abcd\u{1f600}\n");
  });
});

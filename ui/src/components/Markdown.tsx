import DOMPurify from "dompurify";
import { marked } from "marked";
import { useMemo } from "react";

import styles from "./Markdown.module.css";

/** Text that somebody wrote, as Markdown: nothing in it acts, and pictures come from this server alone. */
export function Markdown({ text }: { text: string }) {
  const html = useMemo(() => sanitized(text), [text]);
  return <div className={styles.text} dangerouslySetInnerHTML={{ __html: html }} />;
}

function sanitized(text: string): string {
  const html = marked.parse(text, { async: false, gfm: true });
  const clean = DOMPurify.sanitize(html, {
    FORBID_TAGS: ["style", "form", "input", "button", "iframe", "video", "audio"],
    FORBID_ATTR: ["style", "id", "name"],
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of clean.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  for (const image of clean.querySelectorAll("img")) {
    if (new URL(image.src, window.location.href).origin !== window.location.origin) image.replaceWith(`[${image.alt}]`);
  }
  const holder = document.createElement("div");
  holder.append(clean);
  return holder.innerHTML;
}

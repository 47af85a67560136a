import DOMPurify from "dompurify";
import { Marked } from "marked";
import { useMemo } from "react";

import styles from "./Markdown.module.css";

interface Props {
  text: string;
  /** The level of the heading above the text, below which its own begin. */
  headingsBelow?: number;
}

/** Text that somebody wrote, as Markdown: nothing in it acts, and pictures come from this server alone. */
export function Markdown({ text, headingsBelow = 2 }: Props) {
  const html = useMemo(() => sanitized(text, headingsBelow), [text, headingsBelow]);
  return <div className={styles.text} dangerouslySetInnerHTML={{ __html: html }} />;
}

function sanitized(text: string, headingsBelow: number): string {
  const reader = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth }) {
        const level = Math.min(6, depth + headingsBelow);
        return `<h${level} data-depth="${depth}">${this.parser.parseInline(tokens)}</h${level}>`;
      },
    },
  });
  const clean = DOMPurify.sanitize(reader.parse(text, { async: false }), {
    FORBID_TAGS: ["style", "form", "input", "button", "select", "textarea", "iframe", "video", "audio", "picture"],
    FORBID_ATTR: ["style", "class", "id", "name"],
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

/** Markdown as HTML that can do no harm: no scripts, no styles, no forms, images of this server only. */
import DOMPurify from "dompurify";
import { Marked } from "marked";

const purifier = DOMPurify(window);

purifier.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName === "IMG" && !isOurs(node.getAttribute("src") ?? "")) {
    node.removeAttribute("src");
    node.removeAttribute("srcset");
  }
  if (node.tagName === "A") {
    node.setAttribute("rel", "noreferrer noopener");
    node.setAttribute("target", "_blank");
  }
});

const escaped = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

// Raw HTML is shown as it was written; of an image from elsewhere, what it is called.
const reader = new Marked({
  async: false,
  gfm: true,
  renderer: {
    // A panel's own heading is of the third level.
    heading({ tokens, depth }) {
      const level = Math.min(6, depth + 3);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
    html: ({ text }) => escaped(text),
    image: ({ href, text }) => (isOurs(href) ? `<img src="${escaped(href)}" alt="${escaped(text)}">` : escaped(text === "" ? href : text)),
  },
});

const isOurs = (url: string): boolean => URL.canParse(url, window.location.href) && new URL(url, window.location.href).origin === window.location.origin;

/** Return a text in Markdown as HTML. */
export function htmlOf(text: string): string {
  return purifier.sanitize(reader.parse(text, { async: false }), {
    USE_PROFILES: { html: true },
    FORBID_TAGS: ["style", "form", "input", "button", "select", "textarea", "audio", "video", "picture", "source"],
    FORBID_ATTR: ["style", "class", "id", "name"],
  });
}

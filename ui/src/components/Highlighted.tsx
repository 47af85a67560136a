import highlighter from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import ini from "highlight.js/lib/languages/ini";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { useMemo } from "react";

const LANGUAGES = { bash, cpp, css, diff, ini, javascript, json, python, r, sql, typescript, xml, yaml };
for (const [name, language] of Object.entries(LANGUAGES)) highlighter.registerLanguage(name, language);

const BY_ENDING: Readonly<Record<string, keyof typeof LANGUAGES>> = {
  sh: "bash",
  dockerfile: "bash",
  c: "cpp",
  h: "cpp",
  patch: "diff",
  toml: "ini",
  cfg: "ini",
  lock: "ini",
  js: "javascript",
  py: "python",
  ts: "typescript",
  html: "xml",
  yml: "yaml",
  mlmodel: "yaml",
};

/** A text with the parts of its language in colours; what it holds is escaped by the highlighter. */
export function Highlighted({ text, language, className }: { text: string; language: string; className: string }) {
  const html = useMemo(() => {
    const name = BY_ENDING[language] ?? language;
    return highlighter.getLanguage(name) === undefined ? null : highlighter.highlight(text, { language: name, ignoreIllegals: true }).value;
  }, [text, language]);
  if (html === null) {
    return (
      <pre className={className} tabIndex={0}>
        {text}
      </pre>
    );
  }
  return <pre className={className} tabIndex={0} dangerouslySetInnerHTML={{ __html: html }} />;
}

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

import { Button } from "./Button";

const SHOWN_MS = 1500;

/** Puts a text on the clipboard, and says so for a moment. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isDone]);
  return (
    <Button
      kind="quiet"
      icon={isDone ? <Check /> : <Copy />}
      aria-label={isDone ? "Copied" : label}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setDone(true))}
    />
  );
}

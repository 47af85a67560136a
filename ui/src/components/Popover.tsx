import { type ReactNode, useEffect, useId, useRef, useState } from "react";

import styles from "./Popover.module.css";

interface Props {
  /** Gets what a button needs to open it. */
  trigger: (props: { "aria-expanded": boolean; "aria-haspopup": "dialog"; onClick: () => void; id: string }) => ReactNode;
  children: (close: () => void) => ReactNode;
  align?: "start" | "end";
  label: string;
}

const GAP = 4;

/** Something that opens beside its button, above everything, and closes by Escape or a click elsewhere. */
export function Popover({ trigger, children, align = "start", label }: Props) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = box.current;
    const anchor = document.getElementById(id)?.getBoundingClientRect();
    if (!isOpen || element === null || anchor === undefined) return;
    const closed = (event: ToggleEvent) => {
      if (event.newState === "closed") setOpen(false);
    };
    element.addEventListener("toggle", closed);
    element.showPopover();
    const { width, height } = element.getBoundingClientRect();
    const left = align === "start" ? anchor.left : anchor.right - width;
    const fits = anchor.bottom + GAP + height <= window.innerHeight || anchor.top < height;
    const top = fits ? anchor.bottom + GAP : anchor.top - GAP - height;
    element.style.left = `${Math.max(GAP, Math.min(left, window.innerWidth - width - GAP))}px`;
    element.style.top = `${Math.max(GAP, top)}px`;
    element.querySelector<HTMLElement>("[autofocus], input, button, a, [tabindex]")?.focus();
    return () => {
      element.removeEventListener("toggle", closed);
    };
  }, [isOpen, id, align]);

  return (
    <>
      {trigger({ "aria-expanded": isOpen, "aria-haspopup": "dialog", id, onClick: () => setOpen(!isOpen) })}
      {isOpen && (
        <div ref={box} popover="auto" role="dialog" aria-label={label} className={styles.box}>
          {children(() => setOpen(false))}
        </div>
      )}
    </>
  );
}

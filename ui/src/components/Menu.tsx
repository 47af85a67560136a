import type { KeyboardEvent, ReactNode } from "react";

import styles from "./Menu.module.css";
import { Popover } from "./Popover";

export interface MenuItem {
  label: ReactNode;
  icon?: ReactNode;
  onSelect: () => void;
  isDangerous?: boolean;
  isDisabled?: boolean;
  /** For choices: whether this is the present one. */
  isChecked?: boolean;
}

interface Props {
  label: string;
  trigger: Parameters<typeof Popover>[0]["trigger"];
  items: readonly (MenuItem | "line")[];
  align?: "start" | "end";
}

/** Actions behind a button, moved through with the arrow keys. */
export function Menu({ label, trigger, items, align = "start" }: Props) {
  return (
    <Popover label={label} trigger={trigger} align={align}>
      {(close) => (
        <div role="menu" aria-label={label} onKeyDown={move}>
          {items.map((item, at) =>
            item === "line" ? (
              <hr key={at} className={styles.line} />
            ) : (
              <button
                key={at}
                type="button"
                role={item.isChecked === undefined ? "menuitem" : "menuitemradio"}
                aria-checked={item.isChecked}
                disabled={item.isDisabled}
                className={`${styles.item} ${item.isDangerous ? styles.dangerous : ""}`}
                onClick={() => {
                  close();
                  item.onSelect();
                }}
              >
                {item.icon}
                <span>{item.label}</span>
                {item.isChecked === true && <span aria-hidden>✓</span>}
              </button>
            ),
          )}
        </div>
      )}
    </Popover>
  );
}

function move(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("button:not(:disabled)")];
  const at = items.findIndex((item) => item === document.activeElement);
  items.at((at + step) % items.length)?.focus();
}

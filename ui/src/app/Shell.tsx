import { Link, Outlet } from "@tanstack/react-router";
import { Boxes, FlaskConical, Moon, Search, Settings, Sun, Waypoints } from "lucide-react";
import { useCallback, useState } from "react";

import { Button } from "@/components/Button";
import { Toaster } from "@/components/toasts";
import { useIsDark } from "@/components/useIsDark";

import { CommandPalette } from "./CommandPalette";
import { KeyboardHelp } from "./KeyboardHelp";
import { followMlflowLink } from "./mlflowLinks";
import { useShortcuts } from "./shortcuts";
import styles from "./Shell.module.css";
import { applyTheme, chooseTheme } from "./theme";

applyTheme();
followMlflowLink();

/** What surrounds every page. */
export function Shell() {
  const [open, setOpen] = useState<"search" | "help" | null>(null);
  const search = useCallback(() => setOpen("search"), []);
  const help = useCallback(() => setOpen("help"), []);
  useShortcuts(search, help);
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        Skip to the page
      </a>
      <header className={styles.bar}>
        <Link to="/" className={styles.brand}>
          <img src="/favicon.svg" alt="" width={22} height={22} />
          <span>Runstone</span>
        </Link>
        <nav className={styles.nav} aria-label="Sections">
          <Link to="/" activeOptions={{ exact: true }}>
            <FlaskConical size={15} />
            <span>Experiments</span>
          </Link>
          <Link to="/models">
            <Boxes size={15} />
            <span>Models</span>
          </Link>
          <Link to="/lineage">
            <Waypoints size={15} />
            <span>Lineage</span>
          </Link>
          <Link to="/settings">
            <Settings size={15} />
            <span>Settings</span>
          </Link>
        </nav>
        <button type="button" className={styles.search} onClick={search}>
          <Search size={14} />
          <span>Search</span>
          <kbd>Ctrl K</kbd>
        </button>
        <ThemeButton />
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
      {open === "search" && <CommandPalette onClose={() => setOpen(null)} onHelp={help} />}
      {open === "help" && <KeyboardHelp onClose={() => setOpen(null)} />}
      <Toaster />
    </div>
  );
}

function ThemeButton() {
  const isDark = useIsDark();
  return (
    <Button
      kind="quiet"
      icon={isDark ? <Sun /> : <Moon />}
      aria-label={isDark ? "Use light colours" : "Use dark colours"}
      onClick={() => chooseTheme(isDark ? "light" : "dark")}
    />
  );
}

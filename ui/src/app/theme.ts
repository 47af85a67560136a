/** Light or dark: as the system says, until somebody chooses otherwise in this browser. */

type Theme = "light" | "dark";

const KEY = "runstone.theme";

export function applyTheme(): void {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset["theme"] = chosen;
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  applyTheme();
}

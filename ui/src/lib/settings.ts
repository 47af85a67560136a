/** The part of the settings that is looked at, as it stands in the address. */

export const SETTINGS_TABS = ["account", "users", "tokens", "storage", "webhooks", "audit"] as const;

export type SettingsTab = (typeof SETTINGS_TABS)[number];

export interface SettingsPlace {
  tab?: SettingsTab | undefined;
}

export function readSettings(search: Record<string, unknown>): SettingsPlace {
  const tab = SETTINGS_TABS.find((one) => one === search["tab"]);
  return tab === undefined ? {} : { tab };
}

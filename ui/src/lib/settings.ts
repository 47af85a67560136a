/** The part of the settings that is looked at, as it stands in the address. */

export const SETTINGS_TABS = ["account", "users", "webhooks", "audit", "storage"] as const;

export type SettingsTab = (typeof SETTINGS_TABS)[number];

export interface SettingsPlace {
  tab?: SettingsTab | undefined;
  /** Whose tokens, or which webhook's deliveries, are looked at. */
  of?: string | undefined;
}

export function readSettings(search: Record<string, unknown>): SettingsPlace {
  const tab = SETTINGS_TABS.find((one) => one === search["tab"]);
  const { of } = search;
  return { ...(tab === undefined ? {} : { tab }), ...(typeof of === "string" ? { of } : {}) };
}

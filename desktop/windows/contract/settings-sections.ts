/** The parts of the settings window, in their order. */
export const SETTINGS_SECTIONS = [
  "relay",
  "api",
  "devices",
  "rules",
  "headers",
  "pairing",
  "app",
  "about",
] as const;
export type SettingsSection = (typeof SETTINGS_SECTIONS)[number];

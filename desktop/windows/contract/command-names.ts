/**
 * The names of everything a page may ask for, window by window. The preload exposes one function for each name and
 * nothing else; the main process refuses a name that its sender's window does not list.
 */

export const WINDOWS = ["pairing", "activity", "settings"] as const;
export type WindowName = (typeof WINDOWS)[number];

export const WINDOW_COMMANDS = {
  pairing: [
    "newCode",
    "copyCode",
    "copyLink",
    "decide",
    "undoPairing",
    "dismissPaired",
    "resume",
    "tryNow",
    "openSettings",
  ],
  activity: ["activityDetails", "setCapture", "clearActivity", "copyCurl", "exportHar", "openPairing"],
  settings: [
    "saveSetting",
    "setEnrollKey",
    "testRelay",
    "detectApis",
    "testApi",
    "renameDevice",
    "setReadOnly",
    "revokeDevice",
    "revokeSession",
    "revokeAll",
    "addRule",
    "removeRule",
    "wouldAllow",
    "setHeader",
    "removeHeader",
    "newIdentity",
    "checkForUpdate",
    "openReleasePage",
    "openLogFolder",
    "openLicences",
    "openPairing",
    "resume",
    "tryNow",
  ],
} as const satisfies Readonly<Record<WindowName, readonly string[]>>;

export type CommandName = (typeof WINDOW_COMMANDS)[WindowName][number];

/** Whether a page of `window` may send a command of that name. */
export function mayCommand(window: WindowName, name: unknown): name is CommandName {
  const names: readonly unknown[] = WINDOW_COMMANDS[window];
  return names.includes(name);
}

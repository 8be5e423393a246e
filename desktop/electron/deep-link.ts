/**
 * Links of the form `ora://…`. Any web page can make one, so a link only ever opens a window; no part of it is read
 * beyond which one, and nothing it says is shown or carried out.
 */
import type { WindowName } from "../windows/contract/command-names.ts";

export const LINK_SCHEME = "ora";

/** The window a link asks for; the pairing window for any other of ours; undefined when it is no link of ours. */
export function windowOfLink(text: string): WindowName | undefined {
  if (!text.slice(0, 6).toLowerCase().startsWith("ora://")) return undefined;
  const name = /^ora:\/\/(settings|activity|pairing)\/?$/i.exec(text.slice(0, 32))?.[1]?.toLowerCase();
  return name === "settings" || name === "activity" ? name : "pairing";
}

/** The link among a program's arguments, as Windows and Linux hand it over. */
export function windowOfArguments(args: readonly string[]): WindowName | undefined {
  for (const argument of args) {
    const window = windowOfLink(argument);
    if (window !== undefined) return window;
  }
  return undefined;
}

/** What this device is called until its owner says otherwise: its kind, as its browser tells it. */
import type { Texts } from "../texts/texts.ts";

export type DeviceKind = keyof Texts["deviceNames"];

/** A tablet by Apple says that it is a Mac; only its fingers give it away. */
export function deviceKind(userAgent: string, maxTouchPoints: number): DeviceKind {
  if (/iPhone|iPod/.test(userAgent)) return "iphone";
  if (/iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return "ipad";
  if (/Android/.test(userAgent)) return "android";
  if (/Macintosh/.test(userAgent)) return "mac";
  if (/Windows/.test(userAgent)) return "windows";
  if (/Linux|CrOS/.test(userAgent)) return "linux";
  return "other";
}

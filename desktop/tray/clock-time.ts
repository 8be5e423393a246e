/** Moments as a clock on the wall would say them: the time today, the day and the time before. */
import type { Language } from "../windows/contract/status-view.ts";

const MAX_TIME_MS = 8_640_000_000_000_000;

export interface ClockTimeOptions {
  readonly language: Language;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Left out: the system's. */
  readonly timeZone?: string;
}

/** `14:02`, or `20 Nov, 14:02` for another day. A clock that jumped changes the words and nothing else. */
export function clockTime(moment: number, { language, now, timeZone }: ClockTimeOptions): string {
  const at = new Date(Math.min(MAX_TIME_MS, Math.max(0, Number.isFinite(moment) ? moment : 0)));
  const zone = timeZone === undefined ? {} : { timeZone };
  const locale = language === "ja" ? "ja-JP" : "en-GB";
  const day = new Intl.DateTimeFormat("en-CA", {
    ...zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const time = { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  if (day.format(at) === day.format(now)) return new Intl.DateTimeFormat(locale, time).format(at);
  return new Intl.DateTimeFormat(locale, { ...time, day: "numeric", month: "short" }).format(at);
}

/** Numbers with their units and times as a clock would say them, in the language in force. */
const DAY_MS = 86_400_000;

/** Minutes and seconds that are left, `1:27`. Never negative. */
export function timeLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function clockTime(ms: number, locale: string, seconds = false): string {
  return new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds && { second: "2-digit" }),
    hourCycle: "h23",
  }).format(ms);
}

/** `14:02` today, `yesterday, 23:10`, else the date and the time. */
export function moment(
  ms: number,
  now: number,
  words: { readonly locale: string; readonly yesterday: (time: string) => string },
): string {
  const time = clockTime(ms, words.locale);
  const days = dayOf(now) - dayOf(ms);
  if (days === 0) return time;
  if (days === 1) return words.yesterday(time);
  const sameYear = new Date(ms).getFullYear() === new Date(now).getFullYear();
  const date = new Intl.DateTimeFormat(words.locale, {
    day: "numeric",
    month: "short",
    ...(!sameYear && { year: "numeric" }),
  }).format(ms);
  return `${date} ${time}`;
}

/** Whole days of the owner's calendar. */
function dayOf(ms: number): number {
  const date = new Date(ms);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS);
}

export function bytes(count: number, locale: string): string {
  const steps = ["B", "kB", "MB", "GB", "TB"];
  let value = count;
  let step = 0;
  while (value >= 999.5 && step < steps.length - 1) {
    value /= 1_000;
    step += 1;
  }
  return `${digits(value, locale, step === 0 || value >= 9.95 ? 0 : 1)} ${steps[step]}`;
}

export function duration(ms: number, locale: string): string {
  if (ms < 999.5) return `${digits(ms, locale, 0)} ms`;
  if (ms < 59_950) return `${digits(ms / 1_000, locale, 1)} s`;
  return `${digits(ms / 60_000, locale, ms < 600_000 ? 1 : 0)} min`;
}

export function count(value: number, locale: string): string {
  return digits(value, locale, 0);
}

function digits(value: number, locale: string, fraction: number): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: fraction }).format(value);
}

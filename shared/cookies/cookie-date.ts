/** The dates of cookies, in every spelling that servers have ever used (RFC 6265bis section 5.1.1). */

const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;
const TIME = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/;
const DAY = /^(\d{1,2})(?:\D|$)/;
const MONTH = /^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i;
const YEAR = /^(\d{2,4})(?:\D|$)/;
const MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
/** Longer ones are no dates. */
const MAX_LENGTH = 256;

/** Milliseconds since 1970, or undefined for what is no date. */
export function parseCookieDate(text: string): number | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  let time: readonly number[] | undefined;
  let day: number | undefined;
  let month: number | undefined;
  let year: number | undefined;
  for (const token of text.split(DELIMITERS)) {
    const times = time === undefined ? TIME.exec(token) : null;
    const days = day === undefined ? DAY.exec(token) : null;
    const months = month === undefined ? MONTH.exec(token) : null;
    const years = year === undefined ? YEAR.exec(token) : null;
    if (times !== null) time = times.slice(1, 4).map(Number);
    else if (days !== null) day = Number(days[1]);
    else if (months !== null) month = MONTHS.indexOf((months[1] ?? "").toLowerCase()) / 3;
    else if (years !== null) year = Number(years[1]);
  }
  const [hour = 99, minute = 99, second = 99] = time ?? [];
  if (day === undefined || month === undefined || year === undefined) return undefined;
  if (year >= 70 && year <= 99) year += 1900;
  else if (year <= 69) year += 2000;
  if (day < 1 || day > 31 || year < 1601 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  // The 30th of February is no day.
  return date.getUTCDate() === day ? date.getTime() : undefined;
}

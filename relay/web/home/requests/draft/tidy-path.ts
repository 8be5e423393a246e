/**
 * The path as it will be sent, from what a person typed or pasted: a whole address loses its origin, a fragment goes, and
 * what HTTP cannot carry is percent-encoded. What was encoded already stays as it is, dots and doubled slashes too.
 */

/** Scheme and authority of a pasted address. */
const ORIGIN = /^https?:\/\/[^/?#\\]*/i;

export function tidyPath(typed: string): string {
  const whole = typed.trim().replace(ORIGIN, "").replace(/#.*$/s, "");
  const rooted = whole.startsWith("/") ? whole : `/${whole}`;
  return rooted.replace(/\p{Cs}/gu, "\ufffd").replace(/[^\x21-\x7e]+|\\/gu, encodeURIComponent);
}

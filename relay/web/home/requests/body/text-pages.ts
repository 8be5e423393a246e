/**
 * A long text in pages that a browser lays out at once, cut after a line where there is one. A line without an end is
 * cut where the page ends, never between the halves of a character.
 */

/** UTF-16 units. */
const PAGE_CHARS = 20_000;

/** Where each page begins. At least one, for an empty text too. */
export function pageStarts(text: string, size: number = PAGE_CHARS): number[] {
  const starts = [0];
  let at = 0;
  while (text.length - at > size) {
    const line = text.lastIndexOf("\n", at + size - 1) + 1;
    at = line > at ? line : at + size - (isHighSurrogate(text.charCodeAt(at + size - 1)) ? 1 : 0);
    starts.push(at);
  }
  return starts;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

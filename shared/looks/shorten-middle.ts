/**
 * Where a long name is cut for the eye: its end stays in sight, because names that differ at the end alone must not
 * look the same. Characters are what a person counts (grapheme clusters), so no letter is torn apart.
 */

/** A name longer than this loses its middle when the room is short. Grapheme clusters. */
export const LONG_NAME = 24;
const TAIL = 8;
/** What is put into the page at all. UTF-16 units. */
export const MAX_DRAWN_LENGTH = 512;

export interface NameParts {
  readonly head: string;
  /** Empty for a short name. */
  readonly tail: string;
}

export function nameParts(name: string): NameParts {
  const drawn = visible(name);
  const letters = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(drawn)].map(
    ({ segment }) => segment,
  );
  if (letters.length <= LONG_NAME) return { head: drawn, tail: "" };
  return { head: letters.slice(0, -TAIL).join(""), tail: letters.slice(-TAIL).join("") };
}

/** One line that cannot turn its surroundings about: controls become a visible sign, bidi marks go, the length is bounded. */
export function visible(text: string): string {
  const cut = text.length > MAX_DRAWN_LENGTH ? shortened(text) : text;
  return (
    cut
      .replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/g, "")
      // More than two marks on one letter climb over the lines above.
      .replace(/(\p{M}{2})\p{M}+/gu, "$1")
      .replace(/\p{Cs}/gu, "\ufffd")
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, "\u2423")
  );
}

function shortened(text: string): string {
  const half = MAX_DRAWN_LENGTH / 2 - 1;
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}

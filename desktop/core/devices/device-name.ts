/**
 * Names that devices give themselves, made fit to stand in a terminal, a menu and a notification: one line, no
 * control characters, no marks that turn the text round it about, bounded. A name is for people; nothing is decided by it.
 */

/** Characters as people count them, more or less: code points. */
export const MAX_NAME_LENGTH = 64;
const MAX_NAME_BYTES = 256;
/** Looked at before cutting, so that a megabyte costs nothing. UTF-16 units. */
const MAX_INPUT_LENGTH = 1_024;
const NAMELESS = "unnamed device";

/** Cleans a name; what is left of nothing is `unnamed device`. Cleaning twice changes nothing. */
export function cleanName(text: string): string {
  const oneLine = text
    .slice(0, MAX_INPUT_LENGTH)
    .normalize("NFC")
    // Control, format (bidi marks, zero width), private and unassigned characters, lone surrogates, line separators.
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ")
    .replace(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, "")
    // More than two marks on one letter climb over the lines above.
    .replace(/(\p{M}{2})\p{M}+/gu, "$1")
    .replace(/\s+/gu, " ")
    .trim();
  let name = "";
  let bytes = 0;
  for (const character of Array.from(oneLine).slice(0, MAX_NAME_LENGTH)) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_NAME_BYTES) break;
    name += character;
  }
  return name.trim() || NAMELESS;
}

/**
 * Foreign text made safe to look at: characters that would turn their surroundings about, climb over other lines or hide
 * are replaced by a sign that can be seen. What can be read stays as it is, and nothing is ever taken for markup.
 */

/** Direction marks, embeddings, overrides and isolates, and what has no width. */
const UNSEEN =
  /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Of several lines: line breaks and tabs stay. */
export function shownText(text: string): string {
  return tame(text.replace(/\r\n?/g, "\n"), "\n\t");
}

/** On one line: line breaks and tabs are signs too. */
export function shownLine(text: string): string {
  return tame(text, "");
}

function tame(text: string, kept: string): string {
  return (
    text
      .replace(/\p{Cs}/gu, "\ufffd")
      // More than four marks on one letter climb over the lines above; no script needs them.
      .replace(/(\p{M}{4})\p{M}+/gu, "$1")
      // Emoji are joined by one of them.
      .replace(UNSEEN, (char) => (char === "\u200d" ? char : `[${named(char)}]`))
      .replace(/\p{Cc}/gu, (char) => (kept.includes(char) ? char : picture(char)))
  );
}

function named(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The Unicode pictures of the ASCII controls; the others have none. */
function picture(char: string): string {
  const code = char.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : `[${named(char)}]`;
}

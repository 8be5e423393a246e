/** Sizes of base64 bodies, told from their length alone: a cap is checked before anything is decoded. */

/** Bytes that `text` decodes to when it is base64 (RFC 4648 section 4), with or without its padding. */
export function decodedSize(text: string): number {
  return decodedSizeOf(text.length, text.slice(-2));
}

/** The same for a text of which only the length and the last two characters are at hand. */
export function decodedSizeOf(length: number, ending: string): number {
  const padding = ending === "==" ? 2 : ending.endsWith("=") ? 1 : 0;
  return Math.floor(((length - padding) * 3) / 4);
}

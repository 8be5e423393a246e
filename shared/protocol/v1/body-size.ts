/** Sizes of base64 bodies, told from their length alone: a cap is checked before anything is decoded. */

/** Bytes that `text` decodes to when it is base64 (RFC 4648 section 4), with or without its padding. */
export function decodedSize(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return Math.floor(((text.length - padding) * 3) / 4);
}

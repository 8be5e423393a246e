/** A body as text, in the charset that the API named, else as UTF-8. Bytes that are none of it become a sign, and that is told. */

export interface BodyText {
  readonly text: string;
  /** Some bytes are not of this charset. */
  readonly isDamaged: boolean;
  /** As the browser calls it. */
  readonly charset: string;
}

/** `isWhole`: the last character was not cut by us. */
export function bodyText(bytes: Uint8Array, type: string | undefined, isWhole: boolean): BodyText {
  const decoder = decoderFor(type, false);
  const text = decoder.decode(bytes, { stream: !isWhole });
  let isDamaged = false;
  try {
    decoderFor(type, true).decode(bytes, { stream: !isWhole });
  } catch {
    // A fatal decoder says so by throwing.
    isDamaged = true;
  }
  return { text, isDamaged, charset: decoder.encoding };
}

export function decoderFor(type: string | undefined, fatal: boolean): TextDecoder {
  const label = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type ?? "")?.[1];
  try {
    return new TextDecoder(label, { fatal });
  } catch {
    // An API may name a charset that no browser knows.
    return new TextDecoder("utf-8", { fatal });
  }
}

/**
 * Bodies in protocol 1 are base64 text. The cap is checked from the text's length before anything is decoded, and only
 * the one canonical encoding (RFC 4648 section 4, padded, no line breaks) is taken: what a lenient decoder makes of
 * anything else is not what the sender meant.
 */
import { decodedSize } from "#shared/protocol/v1/body-size.ts";
import { REQUEST_ERROR } from "#shared/protocol/v1/messages.ts";

type BodyError = typeof REQUEST_ERROR.BODY_TOO_LARGE | typeof REQUEST_ERROR.BAD_BODY;

/** The bytes, undefined for an empty body, or the name of what is wrong with it. */
export function decodeBody(text: string, maxBytes: number): Buffer | undefined | BodyError {
  if (text === "") return undefined;
  if (decodedSize(text) > maxBytes) return REQUEST_ERROR.BODY_TOO_LARGE;
  const bytes = Buffer.from(text, "base64");
  return isEncodingOf(text, bytes) ? bytes : REQUEST_ERROR.BAD_BODY;
}

/** Encoded at a time: a multiple of three. Pieces, because long strings cost several times the work. Bytes. */
const PIECE_BYTES = 12 * 1024;

/** Encoding again costs less than looking at every character, and misses nothing. */
function isEncodingOf(text: string, bytes: Buffer): boolean {
  if (Math.ceil(bytes.length / 3) * 4 !== text.length) return false;
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.toString("base64", at, at + PIECE_BYTES);
    if (!text.startsWith(piece, (at / 3) * 4)) return false;
  }
  return true;
}

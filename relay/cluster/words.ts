/** JSON on the bus: bounded, and whatever came is a value or nothing. */
import { isUtf8 } from "node:buffer";
import { MAX_WORDS_BYTES } from "./cluster-limits.ts";

/** Undefined when it would be more than the others take. */
export function encodeWords(value: unknown, maxBytes: number): Uint8Array | undefined {
  const bytes = Buffer.from(JSON.stringify(value));
  return bytes.length > Math.min(maxBytes, MAX_WORDS_BYTES) ? undefined : bytes;
}

/** Undefined when it is no JSON. */
export function decodeWords(data: Uint8Array): unknown {
  if (data.length > MAX_WORDS_BYTES || !isUtf8(data)) return undefined;
  try {
    return JSON.parse(asBuffer(data).toString());
  } catch {
    // Not JSON; the parser's message would quote it.
    return undefined;
  }
}

/** The same bytes. */
export function asBuffer(data: Uint8Array): Buffer {
  return Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.length);
}

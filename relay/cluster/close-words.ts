/** How a link was ended, as it travels: a close code and a reason that a WebSocket would take. */
import { isUtf8 } from "node:buffer";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { MAX_REASON_BYTES } from "./cluster-limits.ts";

const CODE_BYTES = 2;

export function encodeClose(code: number, reason: string): Buffer {
  const words = Buffer.from(reason).subarray(0, MAX_REASON_BYTES);
  const payload = Buffer.alloc(CODE_BYTES + words.length);
  payload.writeUInt16BE(code);
  words.copy(payload, CODE_BYTES);
  return payload;
}

/** Whatever came: a code that a WebSocket may be closed with. */
export function decodeClose(payload: Buffer): { readonly code: number; readonly reason: string } {
  const code = payload.length < CODE_BYTES ? 0 : payload.readUInt16BE(0);
  const words = payload.subarray(CODE_BYTES);
  const isReason = words.length <= MAX_REASON_BYTES && isUtf8(words);
  return { code: maySend(code) ? code : CLOSE.GOING_AWAY, reason: isReason ? words.toString() : "" };
}

/** RFC 6455, 7.4: those between are reserved, or never sent. */
function maySend(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}

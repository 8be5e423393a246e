/**
 * Decoding of v1 messages that are mostly body. A relay that forwards a body needs its length and not its text, so
 * the body is left aside before the rest is parsed: of 350 KB that saves half a millisecond. It is done only where it
 * changes nothing: the body is printable ASCII without escapes, and the message's only one.
 */
import { decodedSize, decodedSizeOf } from "#shared/protocol/v1/body-size.ts";
import type { FromNode, ProxyRequest } from "#shared/protocol/v1/decode.ts";

type Response = Extract<FromNode, { kind: "response" }>;

/** A message with or without body, and what to know of the body. */
export interface Received<Message> {
  /** Its body reads "" when it was left aside. */
  readonly message: Message;
  /** Bytes the body stands for, decoded. */
  readonly bodyBytes: number;
  /** The body as it stands in the message. */
  bodyText(): string;
}

const FIELD = Buffer.from('"body_b64":"');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Below this, parsing everything is as fast. */
const BIG_BYTES = 8 * 1024;

/** Decodes `raw`, which is valid UTF-8, with the body left aside when that is worth while. */
export function decodeReceived<Message extends { readonly kind: string }>(
  raw: Buffer,
  decode: (text: string) => Message,
): Received<Message> {
  const range = raw.length < BIG_BYTES ? undefined : bodyRange(raw);
  if (range !== undefined) {
    const [start, end] = range;
    const message = decode(raw.toString("utf8", 0, start) + raw.toString("utf8", end));
    if (bodyOf(message) === "" && isWhole(message)) {
      const ending = raw.toString("latin1", end - 2, end);
      const bodyText = () => raw.toString("latin1", start, end);
      return { message, bodyBytes: decodedSizeOf(end - start, ending), bodyText };
    }
    // The text that looked like the body was something else, a header called body_b64 say.
  }
  const message = decode(raw.toString());
  const body = bodyOf(message);
  return { message, bodyBytes: decodedSize(body), bodyText: () => body };
}

/** Where a text that is most of the message and looks like its body stands, without the quotes. */
function bodyRange(raw: Buffer): [start: number, end: number] | undefined {
  const field = raw.indexOf(FIELD);
  // An escaped quote is part of a name that only ends like the field's.
  if (field <= 0 || raw[field - 1] === BACKSLASH) return undefined;
  const start = field + FIELD.length;
  const end = raw.indexOf(QUOTE, start);
  if (end - start < raw.length / 2 || raw.indexOf(FIELD, end) !== -1) return undefined;
  return isPlain(raw.subarray(start, end)) ? [start, end] : undefined;
}

/** Only of a message that is whole it is certain that the body left aside was the message's own. */
function isWhole(message: object): boolean {
  return "forwardable" in message && message.forwardable === true;
}

function bodyOf(message: ProxyRequest | Response | { readonly kind: string }): string {
  if ("request" in message) return message.request.body_b64;
  return "response" in message && "body_b64" in message.response ? message.response.body_b64 : "";
}

const HIGH_BITS = 0x80808080;
const SPACES = 0x20202020;

/** Whether a JSON string may hold all bytes as they are and each is one character; four bytes at a time. */
function isPlain(bytes: Buffer): boolean {
  if (bytes.indexOf(BACKSLASH) !== -1) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let seen = 0;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    const word = view.getInt32(at, true);
    // A byte below a space borrows into its high bit; one beyond ASCII has that bit already.
    seen |= word | ((word - SPACES) | 0);
  }
  for (; at < bytes.length; at++) seen |= view.getUint8(at) | (view.getUint8(at) - 0x20);
  return (seen & HIGH_BITS) === 0;
}

/**
 * Builds the node's answers of protocol 1, without passing the body through a JSON encoder. A small answer is a string;
 * a big one is the bytes of its text, built in place, because strings of that size cost several times the work.
 */
import type { HttpFailure, HttpResponse, RequestId } from "#shared/protocol/v1/messages.ts";
import type { HeaderPair } from "../local-proxy/header-policy.ts";

/** Protocol 1 has one value per name: several are joined as RFC 9110 section 5.3 allows, the first spelling wins. */
function joined(headers: readonly HeaderPair[]): Record<string, string> {
  const spelling = new Map<string, string>();
  const record: Record<string, string> = Object.create(null);
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    const first = spelling.get(lower);
    if (first === undefined) {
      spelling.set(lower, name);
      record[name] = value;
    } else {
      record[first] += `, ${value}`;
    }
  }
  return record;
}

/** A message's text, as a string or as its UTF-8 bytes. */
export type MessageText = string | Uint8Array;

/** Bodies from this size on are encoded in place. Bytes. */
const BIG_BODY_BYTES = 8 * 1024;

/** Encoded at a time: a multiple of three, and small enough for strings that live and die cheaply. Bytes. */
const PIECE_BYTES = 12 * 1024;

const TAIL = '"}';

/** An `http_response`. Base64 needs no escapes, so the body is appended to the encoded rest. */
export function answerText(
  id: RequestId,
  status: number,
  headers: readonly HeaderPair[],
  body: Buffer,
): MessageText {
  const fields: Omit<HttpResponse, "body_b64"> = {
    type: "http_response",
    id,
    status,
    headers: joined(headers),
  };
  const head = `${JSON.stringify(fields).slice(0, -1)},"body_b64":"`;
  if (body.length < BIG_BODY_BYTES) return head + body.toString("base64") + TAIL;
  const text = Buffer.allocUnsafe(Buffer.byteLength(head) + Math.ceil(body.length / 3) * 4 + TAIL.length);
  let end = text.write(head);
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    end += text.write(body.toString("base64", at, at + PIECE_BYTES), end, "latin1");
  }
  text.write(TAIL, end, "latin1");
  return text;
}

export function failureText(id: RequestId, error: string): string {
  const failure: HttpFailure = { type: "http_response", id, error };
  return JSON.stringify(failure);
}

/**
 * Header and trailer fields of an answer, from text as it came (RFC 9112 section 5). Names and values are as the API
 * wrote them. It refuses what no server may send and what parsers read in different ways.
 */
import type { HeaderPair } from "./header-policy.ts";
import { MAX_RESPONSE_HEADER_BYTES, TransportError } from "./transport.ts";

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Tab, and every latin-1 character that is not a control. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** A value that goes on in the next line, which nobody may write any more. It becomes one line (section 5.2). */
const FOLDS = /\r\n[\t ]+/g;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Reads fields, a line each. `from` is where the first begins.
 * @throws TransportError `RemoteProtocolError`, or `HeadersTooLarge` for names and values above the limit.
 */
export function readFields(text: string, from: number): HeaderPair[] {
  if (text.includes("\r\n ", from) || text.includes("\r\n\t", from)) {
    return readFields(text.slice(from).replace(FOLDS, " "), 0);
  }
  const fields: HeaderPair[] = [];
  let bytes = 0;
  for (let at = from; at < text.length; ) {
    const found = text.indexOf("\r\n", at);
    const end = found === -1 ? text.length : found;
    const colon = text.indexOf(":", at);
    if (colon === -1 || colon > end) throw broken();
    const name = text.slice(at, colon);
    const value = trimmed(text, colon + 1, end);
    if (!TOKEN.test(name) || !VALUE.test(value)) throw broken();
    bytes += name.length + value.length;
    fields.push([name, value]);
    at = end + 2;
  }
  if (bytes >= MAX_RESPONSE_HEADER_BYTES) throw new TransportError("HeadersTooLarge");
  return fields;
}

/** Without the spaces and tabs around it. `trim` would take more than those. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function broken(): TransportError {
  return new TransportError("RemoteProtocolError");
}

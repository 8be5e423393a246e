/**
 * The head of a request as text, with what frames it (RFC 9112 section 3). The policies have looked at everything that
 * stands in it; it refuses all the same what would change its shape.
 */
import type { LocalRequestHead } from "./transport.ts";

const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const TARGET = /^[\x21-\x7e]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Methods that servers expect a length of, even without a body (RFC 9110 section 8.6). */
const EXPECT_A_BODY = new Set(["POST", "PUT", "PATCH"]);

/** Latin-1, with the empty line. Undefined when it cannot be sent. `isLast`: the connection is not used again. */
export function requestHead(
  { method, target, headers }: LocalRequestHead,
  bodyBytes: number,
  isLast: boolean,
): string | undefined {
  if (!METHOD.test(method) || !TARGET.test(target)) return undefined;
  let text = `${method} ${target} HTTP/1.1\r\n`;
  for (const [name, value] of headers) {
    if (!METHOD.test(name) || !VALUE.test(value)) return undefined;
    text += `${name}: ${value}\r\n`;
  }
  if (bodyBytes > 0 || EXPECT_A_BODY.has(method)) text += `content-length: ${bodyBytes}\r\n`;
  return text + (isLast ? "connection: close\r\n\r\n" : "connection: keep-alive\r\n\r\n");
}

/**
 * What happens to a request body when its answer came first. Closing a connection on which the client still sends
 * makes its system throw away the answer it has not read yet (RFC 9112, section 9.6), so the connection stays until
 * the body has ended, for a bounded time.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

/** How long a client may go on sending a body that nobody wants. Milliseconds. */
const LINGER_MS = 2_000;

/**
 * Call before the head of an answer is written. A client that asked for its connection to be closed has it closed when
 * both the answer and its own body are through, where Node would close it right after the answer.
 */
export function closeAfterBoth(response: ServerResponse): void {
  const { req: request } = response;
  if (response.shouldKeepAlive || request.complete) return;
  response.shouldKeepAlive = true;
  response.once("finish", () => {
    if (request.complete) request.socket.destroySoon();
    else request.once("end", () => request.socket.destroySoon());
  });
}

/** Reads and drops the rest of a body that nobody wants. A client that does not stop sending is cut off. */
export function dropBody(request: IncomingMessage): void {
  request.resume();
  if (request.complete) return;
  const timer = setTimeout(() => request.socket.destroySoon(), LINGER_MS);
  request.once("end", () => clearTimeout(timer));
  request.once("close", () => clearTimeout(timer));
}

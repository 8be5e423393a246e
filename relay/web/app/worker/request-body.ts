/**
 * A request's body on its way to the PC. Many servers take no body without a length, and a worker is told none, so it
 * is known in one of three ways: the page's script said it, the body is short and was read, or it was put into the
 * browser's own store for large things first. Only what a script itself streams goes without.
 */
import { LENGTH_HEADER } from "../calls/messages.ts";

export interface OutgoingBody {
  readonly body: ReadableStream<Uint8Array> | undefined;
  /** Bytes; undefined when nobody knows. */
  readonly length: number | undefined;
}

/** The word of the page's script for a body that has no end yet. */
const STREAMED = "stream";

export async function outgoingBody(request: Request): Promise<OutgoingBody> {
  const { method, headers } = request;
  if (method === "GET" || method === "HEAD") return { body: undefined, length: undefined };
  const said = headers.get(LENGTH_HEADER);
  // Firefox has no `Request.body`: there it goes through the store.
  const stream: ReadableStream<Uint8Array> | null | undefined = request.body;
  if (stream && said === STREAMED) return { body: stream, length: undefined };
  if (stream && said !== null && /^\d{1,15}$/.test(said)) {
    return said === "0" ? { body: undefined, length: 0 } : { body: stream, length: Number(said) };
  }
  if (stream === null) return { body: undefined, length: 0 };
  const blob = await request.blob();
  return blob.size === 0 ? { body: undefined, length: 0 } : { body: blob.stream(), length: blob.size };
}

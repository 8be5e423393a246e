/**
 * Names for what can go wrong between the node and the local API, the same whatever library noticed it. They are the
 * exception names of the first implementation's HTTP library, because clients of protocol 1 know them from
 * `http_proxy_failed:<Name>`.
 */
import { errors } from "undici";
import { TransportError } from "./transport.ts";

export type FailureName =
  | "ConnectError"
  | "ConnectTimeout"
  | "ReadError"
  | "ReadTimeout"
  | "WriteError"
  | "RemoteProtocolError"
  | "LocalProtocolError"
  /** A name of our own: the answer's headers are larger than `MAX_RESPONSE_HEADER_BYTES`. */
  | "HeadersTooLarge"
  /** A name of our own: nothing was sent, because too many calls are under way. */
  | "TooManyCalls";

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Node says "reset" also when the other side closed in good order; only a real one names a system call. */
function isHangUp(error: unknown): boolean {
  return error instanceof Error && codeOf(error) === "ECONNRESET" && !("syscall" in error);
}

/** Names an error of a transport. `connected` tells whether a connection was there when it struck. */
export function failureName(error: unknown, connected: boolean): FailureName {
  if (error instanceof TransportError) return error.code;
  const code = codeOf(error);
  // A head that cannot be written: undici's words, then Node's.
  if (/^UND_ERR_(INVALID_ARG|REQ_)|^ERR_(INVALID|UNESCAPED|HTTP_)/.test(code)) return "LocalProtocolError";
  if (code === "UND_ERR_CONNECT_TIMEOUT") return "ConnectTimeout";
  if (!connected) return code === "ETIMEDOUT" ? "ConnectTimeout" : "ConnectError";
  switch (code) {
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
    case "ETIMEDOUT":
      return "ReadTimeout";
    case "EPIPE":
      return "WriteError";
    case "UND_ERR_HEADERS_OVERFLOW":
    case "HPE_HEADER_OVERFLOW":
      return "HeadersTooLarge";
    // It closed in the middle, or said more or less than it announced.
    case "UND_ERR_SOCKET":
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
      return "RemoteProtocolError";
  }
  // Not every parser error carries a code.
  const isOfParser = error instanceof errors.HTTPParserError || code.startsWith("HPE_");
  return isOfParser || isHangUp(error) ? "RemoteProtocolError" : "ReadError";
}

/** Whether an error is what a kept connection gives that the server had already let go. */
export function looksStale(error: unknown): boolean {
  return ["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"].includes(codeOf(error));
}

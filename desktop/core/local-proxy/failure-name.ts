/**
 * Names for what can go wrong between the node and the local API. They are the exception names of the first
 * implementation's HTTP library, because clients of protocol 1 know them from `http_proxy_failed:<Name>`.
 */
import { errors } from "undici";

export type FailureName =
  | "ConnectError"
  | "ConnectTimeout"
  | "ReadError"
  | "ReadTimeout"
  | "WriteError"
  | "RemoteProtocolError"
  | "LocalProtocolError"
  /** A name of our own: nothing was sent, because too many calls are under way. */
  | "TooManyCalls";

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Names an error of the HTTP client. `connected` tells whether a connection was there when it struck. */
export function failureName(error: unknown, connected: boolean): FailureName {
  const code = codeOf(error);
  if (code === "UND_ERR_INVALID_ARG" || code.startsWith("UND_ERR_REQ_")) return "LocalProtocolError";
  if (code === "UND_ERR_CONNECT_TIMEOUT") return "ConnectTimeout";
  if (!connected) return code === "ETIMEDOUT" ? "ConnectTimeout" : "ConnectError";
  switch (code) {
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
    case "ETIMEDOUT":
      return "ReadTimeout";
    case "EPIPE":
      return "WriteError";
    // It closed in the middle, or said more or less than it announced.
    case "UND_ERR_SOCKET":
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
    case "UND_ERR_HEADERS_OVERFLOW":
      return "RemoteProtocolError";
  }
  // Not every parser error carries a code.
  return error instanceof errors.HTTPParserError ? "RemoteProtocolError" : "ReadError";
}

/** Whether an error is what a kept connection gives that the server had already let go. */
export function looksStale(error: unknown): boolean {
  return ["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"].includes(codeOf(error));
}

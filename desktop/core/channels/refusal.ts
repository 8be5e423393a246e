/**
 * Answers that come from the node itself and not from the local API: JSON, and a header that no answer of the API can
 * carry, so that a program can tell the two apart.
 */
import type { HeaderPair } from "#shared/mux/heads.ts";
import type { NodeStream } from "#shared/mux/stream.ts";
import { REFUSED_HEADER } from "../local-proxy/header-policy.ts";

const SENTENCES: Readonly<Record<string, string>> = {
  read_only: "This device may look and change nothing.",
  denied_by_rule: "A rule of this PC's owner denies this path.",
  not_allowed: "The rules of this PC's owner do not allow this path.",
  ambiguous_path: "This path can be read in more than one way, and one of them is under a rule.",
  method_override: "A header or a parameter that changes the method is not allowed here.",
  bad_method: "This method cannot be forwarded.",
  bad_path: "This path cannot be forwarded.",
  bad_headers: "A header cannot be forwarded.",
  bad_length: "The content-length is none.",
  bad_upgrade: "This is no WebSocket handshake.",
  bad_response: "The local API's answer cannot be forwarded.",
};

/** The body of a refusal, as JSON. */
export function refusalBody(status: number, reason: string): Uint8Array {
  const error = status === 403 ? "forbidden" : status === 502 ? "bad_gateway" : "bad_request";
  return new TextEncoder().encode(`${JSON.stringify({ error, reason, detail: SENTENCES[reason] ?? "" })}\n`);
}

/** Its headers, but for the length. */
export function refusalHeaders(reason: string): HeaderPair[] {
  return [
    ["content-type", "application/json"],
    ["cache-control", "no-store"],
    [REFUSED_HEADER, reason],
  ];
}

/** Answers a request with a refusal, and wants no more of its body. */
export function refuse(stream: NodeStream, status: number, reason: string): void {
  const body = refusalBody(status, reason);
  const headers: HeaderPair[] = [...refusalHeaders(reason), ["content-length", String(body.length)]];
  if (stream.request.method === "HEAD") {
    stream.respond({ status, headers, end: true });
  } else {
    stream.respond({ status, headers });
    stream.write(body);
    stream.end();
  }
  stream.stop();
}

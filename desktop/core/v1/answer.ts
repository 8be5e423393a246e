/** Builds the node's answers of protocol 1 as text, without passing the body through a JSON encoder. */
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

/** An `http_response`. Base64 needs no escapes, so the body is appended to the encoded rest. */
export function answerText(
  id: RequestId,
  status: number,
  headers: readonly HeaderPair[],
  body: Buffer,
): string {
  const head: Omit<HttpResponse, "body_b64"> = {
    type: "http_response",
    id,
    status,
    headers: joined(headers),
  };
  return `${JSON.stringify(head).slice(0, -1)},"body_b64":"${body.toString("base64")}"}`;
}

export function failureText(id: RequestId, error: string): string {
  const failure: HttpFailure = { type: "http_response", id, error };
  return JSON.stringify(failure);
}

/** What was kept of a request, for its window: bodies as text where they are text, else as base64. */
import { isUtf8 } from "node:buffer";
import type { CapturedExchange, CapturedMessage } from "../../core/activity/capture-store.ts";
import type { CapturedSide, RequestDetails } from "../../windows/contract/activity-view.ts";

/** A character that was cut in half at the end of a body that went on. Bytes. */
const MAX_HALF_CHARACTER = 3;

export function capturedSides(exchange: CapturedExchange | undefined): Omit<RequestDetails, "row"> {
  const { request, response } = exchange ?? {};
  return {
    ...(request !== undefined && { request: side(request) }),
    ...(response !== undefined && { response: side(response) }),
  };
}

function side({ headers, body, isCut }: CapturedMessage): CapturedSide {
  if (body.length === 0) return { headers };
  const text = asText(body, isCut);
  return {
    headers,
    body:
      text === undefined
        ? { text: Buffer.from(body).toString("base64"), encoding: "base64", truncated: isCut }
        : { text, encoding: "utf8", truncated: isCut },
  };
}

function asText(body: Uint8Array, isCut: boolean): string | undefined {
  for (let less = 0; less <= (isCut ? MAX_HALF_CHARACTER : 0); less++) {
    const part = body.subarray(0, body.length - less);
    // A zero byte is UTF-8 too, and no text.
    if (isUtf8(part) && !part.includes(0)) return new TextDecoder().decode(part);
  }
  return undefined;
}

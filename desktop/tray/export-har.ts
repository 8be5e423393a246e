/** Requests as HAR 1.2 (the archive format of browsers' developer tools). What was not kept is told as unknown, never made up. */
import { VERSION } from "#shared/protocol/version.ts";
import type { CapturedSide, RequestDetails } from "../windows/contract/activity-view.ts";

const UNKNOWN = -1;

export function toHar(requests: readonly RequestDetails[], origin: string): string {
  const entries = requests.map(({ row, request, response }) => ({
    startedDateTime: new Date(row.started).toISOString(),
    time: row.durationMs,
    request: {
      method: row.method,
      url: `${origin}${row.path}`,
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: headers(request),
      queryString: query(row.path),
      headersSize: UNKNOWN,
      bodySize: row.bytesIn,
      ...(request?.body && {
        postData: {
          mimeType: contentType(request),
          text: request.body.text,
          ...(request.body.encoding === "base64" && { comment: "base64" }),
        },
      }),
    },
    response: {
      status: row.status ?? 0,
      statusText: "",
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: headers(response),
      content: {
        size: row.bytesOut,
        mimeType: contentType(response),
        ...(response?.body && {
          text: response.body.text,
          ...(response.body.encoding === "base64" && { encoding: "base64" }),
        }),
      },
      redirectURL: "",
      headersSize: UNKNOWN,
      bodySize: row.bytesOut,
      comment: row.outcome,
    },
    cache: {},
    timings: { send: 0, wait: row.durationMs, receive: 0 },
    comment: row.device,
  }));
  return JSON.stringify(
    { log: { version: "1.2", creator: { name: "ORA Relay", version: VERSION }, entries } },
    undefined,
    2,
  );
}

function headers(side: CapturedSide | undefined): { name: string; value: string }[] {
  return (side?.headers ?? []).map(([name, value]) => ({ name, value }));
}

function contentType(side: CapturedSide | undefined): string {
  return side?.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
}

function query(path: string): { name: string; value: string }[] {
  const at = path.indexOf("?");
  return at === -1
    ? []
    : [...new URLSearchParams(path.slice(at + 1))].map(([name, value]) => ({ name, value }));
}

/**
 * A request as a curl command for a POSIX shell, aimed at the local API. Everything that came from outside stands in
 * single quotes, and a line break in it cannot end the command; the owner's own headers are named, never told.
 */
import type { RequestDetails } from "../windows/contract/activity-view.ts";

/** What curl sets by itself, or would mean another thing here. */
const LEFT_OUT = /^(host|content-length|connection|transfer-encoding|accept-encoding)$/i;

export function curlLine({ row, request }: RequestDetails, origin: string): string {
  const words = ["curl"];
  if (row.method === "HEAD") words.push("--head");
  else if (row.method !== "GET") words.push("--request", quoted(row.method));
  for (const [name, value] of request?.headers ?? []) {
    if (!LEFT_OUT.test(name)) words.push("--header", quoted(`${name}: ${value}`));
  }
  const body = request?.body;
  if (body !== undefined && !body.truncated && body.encoding === "utf8") {
    words.push("--data-raw", quoted(body.text));
  }
  // A path may hold [ ] and { }, which curl would take for lists.
  words.push("--globoff", quoted(`${origin}${row.path}`));
  return words.join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("\u0000", "").replaceAll("'", "'\\''")}'`;
}

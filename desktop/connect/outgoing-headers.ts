/** The headers of an answer, as Node's `writeHead` takes them: a flat list, in the API's order, several cookies and all. */
import type { HeaderPairs } from "#shared/mux/heads.ts";
import { PROBLEM_HEADER } from "./problem-answer.ts";

/** What this hop says itself, and the mark of its own answers. */
const SAID_HERE = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  PROBLEM_HEADER,
]);

export function outgoingHeaders(headers: HeaderPairs): string[] {
  const flat: string[] = [];
  for (const [name, value] of headers) {
    if (!SAID_HERE.has(name.toLowerCase())) flat.push(name, value);
  }
  return flat;
}

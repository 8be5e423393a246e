/**
 * Which paths may go to the local API, and as which bytes (protocol section 8). What a client sent is forwarded as
 * sent; only characters that cannot stand in a request line (spaces, anything beyond ASCII) become their UTF-8 percent
 * encoding, as any client library would have made them. A path that some server could read as leaving the base path
 * is refused, under every reading tried here: plain, percent-decoded as often as it takes, `\` as a slash, parameters
 * after `;` dropped; and under a base path many more.
 */
import { mayLeaveBase } from "./base-containment.ts";

/** Decoding further than this is refused: nobody encodes a path five times in earnest. */
const MAX_DECODINGS = 4;

const UNSENDABLE = /[^\x21-\x7e]+/gu;
const SEPARATOR = /[/\\]/;
/** The encodings that can hide a dot, a separator, a parameter, or another encoding. */
const HIDING = /%(2e|2f|5c|3b|25)/gi;

/**
 * The request target for `path` (with its query) under `basePath` ("" or `/…` without a trailing slash); undefined
 * when it is refused. The answer begins with a slash and is printable ASCII.
 */
export function requestTarget(path: string, basePath: string): string | undefined {
  if (!path.startsWith("/") || path.startsWith("//")) return undefined;
  if (/[\\#\p{Cc}\p{Cs}]/u.test(path)) return undefined;
  const query = path.indexOf("?");
  if (leavesItsRoot(query === -1 ? path : path.slice(0, query))) return undefined;
  const target = path.replace(UNSENDABLE, encodeURIComponent);
  if (basePath !== "" && mayLeaveBase(target.split("?", 1)[0] ?? "")) return undefined;
  return basePath + target;
}

function leavesItsRoot(path: string): boolean {
  let reading = path;
  for (let decodings = 0; decodings <= MAX_DECODINGS; decodings += 1) {
    if (climbs(reading)) return true;
    const next = reading.replace(HIDING, decodeURIComponent);
    if (next === reading) return false;
    reading = next;
  }
  return true;
}

/** Empty segments do not count as a level: some servers merge slashes. */
function climbs(path: string): boolean {
  let depth = 0;
  for (const segment of path.split(SEPARATOR)) {
    const name = segment.replace(/%2e/gi, ".").replace(/;.*$/, "");
    if (name === "..") depth -= 1;
    else if (name !== "" && name !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

/**
 * The headers that the PC gets for a request of the page: what the browser lets a worker see, and what it would have
 * added afterwards. Cookies are the PC's own business. What says where a request came from is written here, because the
 * page's origin is another one than the app's.
 */
import { type AppPlace, addressThere } from "./url-map.ts";

export type HeaderPair = readonly [name: string, value: string];

export interface AskedRequest {
  readonly method: string;
  readonly mode: string;
  readonly destination: string;
  /** An address, `about:client` or nothing. */
  readonly referrer: string;
  readonly headers: Iterable<readonly [string, string]>;
}

/** What this browser is. */
export interface BrowserWords {
  readonly userAgent: string;
  readonly languages: readonly string[];
}

/** Who caused a request: the app itself, the user (an address typed, a bookmark), or another site's page. */
export type Cause = "same-origin" | "none" | "cross-site";

/** What a worker can decode itself. It has no brotli. */
const ENCODINGS = "gzip, deflate";

/** Sent as they are would say what is not so, or what only browsers may say. */
const REPLACED: ReadonlySet<string> = new Set([
  "accept-encoding",
  "cookie",
  "origin",
  "referer",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-fetch-site",
  "sec-fetch-user",
  "upgrade-insecure-requests",
]);

/** Ours alone: between the page's script and the worker. */
export const OWN_HEADER_PREFIX = "x-ora-shim-";

export function headersForPc(
  request: AskedRequest,
  cause: Cause,
  place: AppPlace,
  browser: BrowserWords,
): HeaderPair[] {
  const given = [...request.headers].map(([name, value]): HeaderPair => [name.toLowerCase(), value]);
  const kept = given.filter(([name]) => !REPLACED.has(name) && !name.startsWith(OWN_HEADER_PREFIX));
  const names = new Set(kept.map(([name]) => name));
  const added: HeaderPair[] = [];
  const add = (name: string, value: string) => {
    if (!names.has(name) && value !== "") added.push([name, value]);
  };
  add("accept", "*/*");
  add("user-agent", browser.userAgent);
  add("accept-language", acceptLanguage(browser.languages));
  // A part of a body is a part of what it was encoded to.
  add("accept-encoding", names.has("range") ? "identity" : ENCODINGS);
  if (cause === "same-origin") {
    const isPlain = request.method === "GET" || request.method === "HEAD";
    if (!isPlain) add("origin", place.aliases[0] ?? "");
    add("referer", refererFor(request.referrer, place));
  }
  if (cause === "cross-site") add("origin", "null");
  add("sec-fetch-site", cause);
  add("sec-fetch-mode", request.mode);
  add("sec-fetch-dest", request.destination === "" ? "empty" : request.destination);
  if (request.mode === "navigate") add("upgrade-insecure-requests", "1");
  return [...kept, ...added];
}

/**
 * Who caused a request, as far as a worker is told: an address that is not of this origin is another site's; for a
 * request that changes something, no address at all is not enough.
 */
export function causeOf(request: AskedRequest & { readonly origin?: string | null }, place: AppPlace): Cause {
  const { referrer, mode, method, origin } = request;
  if (mode !== "navigate") return "same-origin";
  // The app's own names on its PC are somebody else's in this browser: another program's at `localhost`.
  const isOwn = (address: string) => URL.canParse(address) && new URL(address).origin === place.origin;
  if (origin !== undefined && origin !== null && origin !== "null")
    return isOwn(origin) ? "same-origin" : "cross-site";
  if (referrer !== "" && referrer !== "about:client") return isOwn(referrer) ? "same-origin" : "cross-site";
  return method === "GET" || method === "HEAD" ? "none" : "cross-site";
}

function refererFor(referrer: string, place: AppPlace): string {
  if (!/^https?:/.test(referrer)) return "";
  return addressThere(referrer.replace(/#.*$/s, ""), place);
}

function acceptLanguage(languages: readonly string[]): string {
  return languages
    .slice(0, 9)
    .map((language, at) => (at === 0 ? language : `${language};q=0.${10 - at}`))
    .join(",");
}

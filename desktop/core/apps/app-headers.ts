/**
 * The headers of a web app's requests. Its worker says in `Sec-Fetch-*` what the browser would have said to the API:
 * whether the page that asks is the app's own. Only then do `Origin` and `Referer` become the API's own; a foreign one
 * stays what it is. Cookies are the node's to send, and the ones that a request brings are left out.
 */
import type { RequestSite } from "#shared/cookies/cookie-jar.ts";
import type { HeaderPair, HeaderPairs } from "#shared/mux/heads.ts";
import { headerSpelling } from "../header-spelling.ts";
import type { LocalTarget } from "../local-proxy/local-target.ts";

/** Methods that a link may have: others bring no SameSite cookie from another site. */
const SAFE = new Set(["GET", "HEAD"]);
/** What a page of the same site, or its user, asks for. Without a word it is the worker's own doing. */
const OWN_SITE = new Set(["same-origin", "same-site", "none", ""]);

/** What is loaded into another site's page, also by navigation: no link that somebody followed. */
const EMBEDDED = new Set(["iframe", "frame", "embed", "object", "fencedframe"]);

/** Whether a page of the app asks, a link elsewhere, or something else there. */
export function requestSite(method: string, headers: HeaderPairs): RequestSite {
  if (OWN_SITE.has(headerValue(headers, "sec-fetch-site"))) return "same-site";
  const isNavigation = headerValue(headers, "sec-fetch-mode") === "navigate";
  const isLink = isNavigation && SAFE.has(method) && !EMBEDDED.has(headerValue(headers, "sec-fetch-dest"));
  return isLink ? "cross-site-link" : "cross-site";
}

/** What the device sent, as the API would have got it from a browser beside it. Without cookies. */
export function appRequestHeaders(headers: HeaderPairs, target: LocalTarget): HeaderPair[] {
  const isOwn = headerValue(headers, "sec-fetch-site") === "same-origin";
  const kept: HeaderPair[] = [];
  for (const [name, value] of headers) {
    const spelled = headerSpelling(name);
    if (spelled === "cookie" || spelled === "cookie2") continue;
    if (isOwn && spelled === "origin") kept.push([name, target.origin]);
    else if (isOwn && spelled === "referer") kept.push(...referer(name, value, target));
    else kept.push([name, value]);
  }
  return kept;
}

/** The answer's headers without what sets cookies, and that. */
export function withoutSetCookie(headers: HeaderPairs): {
  readonly rest: HeaderPair[];
  readonly setCookies: readonly string[];
} {
  const setsCookie = ([name]: HeaderPair) => /^set-cookie2?$/.test(headerSpelling(name));
  return {
    rest: headers.filter((pair) => !setsCookie(pair)),
    setCookies: headers.filter(([name]) => name.toLowerCase() === "set-cookie").map(([, value]) => value),
  };
}

function referer(name: string, value: string, { origin, basePath }: LocalTarget): HeaderPair[] {
  if (!URL.canParse(value)) return [];
  const { pathname, search, origin: own } = new URL(value);
  // A worker may have written the API's own address already.
  return [[name, origin + (own === origin ? "" : basePath) + pathname + search]];
}

/** Of the first header of that name; empty when there is none. */
function headerValue(headers: HeaderPairs, name: string): string {
  return (
    headers
      .find(([other]) => other.toLowerCase() === name)?.[1]
      .trim()
      .toLowerCase() ?? ""
  );
}

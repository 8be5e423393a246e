/**
 * What `document.cookie` shows: the PC's list of readable cookies, and on top of it what a script has just written and
 * the PC has not answered yet. The PC decides what becomes of a write; this is only its likely outcome until then.
 */

export interface ReadableCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** Unix milliseconds. */
  readonly expiresAt?: number;
}

/** `a=1; b=2` for a page at this path, the longer paths first, as browsers have it. */
export function cookieText(cookies: readonly ReadableCookie[], pagePath: string, now: number): string {
  return cookies
    .filter(({ path, expiresAt }) => matches(pagePath, path) && (expiresAt ?? Number.POSITIVE_INFINITY) > now)
    .sort((a, b) => b.path.length - a.path.length)
    .map(({ name, value }) => (name === "" ? value : `${name}=${value}`))
    .join("; ");
}

/** The list after a script wrote `text` (RFC 6265 section 5.2); the same list when that is no cookie of a script's. */
export function afterWrite(
  cookies: readonly ReadableCookie[],
  text: string,
  pagePath: string,
  now: number,
): readonly ReadableCookie[] {
  const [pair = "", ...attributes] = text.split(";");
  const equals = pair.indexOf("=");
  const name = equals < 0 ? "" : pair.slice(0, equals).trim();
  const value = pair.slice(equals + 1).trim();
  if (name === "" && value === "") return cookies;
  let path = defaultPath(pagePath);
  let expires: number | undefined;
  let maxAge: number | undefined;
  for (const attribute of attributes) {
    const [key = "", ...rest] = attribute.split("=");
    const given = rest.join("=").trim();
    switch (key.trim().toLowerCase()) {
      // Only the API may set these.
      case "httponly":
        return cookies;
      case "path":
        path = given.startsWith("/") ? given : defaultPath(pagePath);
        break;
      case "max-age":
        if (/^-?\d+$/.test(given)) maxAge = Number(given);
        break;
      case "expires":
        expires = Number.isNaN(Date.parse(given)) ? expires : Date.parse(given);
        break;
    }
  }
  const expiresAt = maxAge !== undefined ? now + maxAge * 1000 : expires;
  const others = cookies.filter((known) => known.name !== name || known.path !== path);
  if (expiresAt !== undefined && expiresAt <= now) return others;
  return [...others, { name, value, path, ...(expiresAt !== undefined && { expiresAt }) }];
}

/** RFC 6265 section 5.1.4. */
function matches(pagePath: string, path: string): boolean {
  if (pagePath === path) return true;
  return pagePath.startsWith(path) && (path.endsWith("/") || pagePath[path.length] === "/");
}

function defaultPath(pagePath: string): string {
  return pagePath.slice(0, Math.max(1, pagePath.lastIndexOf("/")));
}

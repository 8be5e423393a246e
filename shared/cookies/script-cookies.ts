/**
 * What scripts may read of a jar, as a copy beside them: `document.cookie` has to answer at once, and the jar is on
 * the PC. What a script writes is shown here as the jar will most likely have it, until the jar's own list says so.
 * HttpOnly cookies are in no list, so that one of them being in the way of a write shows only with the next list.
 */
import type { ReadableCookie } from "#shared/protocol/v2/app-messages.ts";
import { defaultPath, pathMatches } from "./cookie-path.ts";
import { isAllowedName } from "./cookie-prefix.ts";
import { type CookieText, parseCookieText } from "./cookie-text.ts";

interface Copy {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly expiresAt: number | undefined;
}

export class ScriptCookies {
  private readonly now: () => number;
  private copies: Copy[] = [];

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number) {
    this.now = now;
  }

  /** The jar's own list, in place of everything. */
  replace(cookies: readonly ReadableCookie[]): void {
    const now = this.now();
    this.copies = cookies.map(({ name, value, path, ttl }) => ({
      name,
      value,
      path,
      expiresAt: ttl === undefined ? undefined : now + ttl * 1000,
    }));
  }

  /** A script on the page at `path` assigned `text` to `document.cookie`. False when nothing comes of it. */
  write(text: string, path: string): boolean {
    const cookie = parseCookieText(text, this.now());
    if (cookie === undefined || !mayWrite(cookie)) return false;
    const own = cookie.path ?? defaultPath(path);
    const { name, value, expiresAt } = cookie;
    const at = this.copies.findIndex((copy) => copy.name === name && copy.path === own);
    const isGone = expiresAt !== undefined && expiresAt <= this.now();
    const added: Copy[] = isGone ? [] : [{ name, value, path: own, expiresAt }];
    // One that is written again keeps its place: the order of `document.cookie` is that of creation.
    if (at === -1) this.copies.push(...added);
    else this.copies.splice(at, 1, ...added);
    return true;
  }

  /** `document.cookie` of a page at `path`. */
  text(path: string): string {
    return this.alive()
      .filter((copy) => pathMatches(copy.path, path))
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => (name === "" ? value : `${name}=${value}`))
      .join("; ");
  }

  list(): ReadableCookie[] {
    const now = this.now();
    return this.alive().map(({ name, value, path, expiresAt }) => ({
      name,
      value,
      path,
      ...(expiresAt !== undefined && { ttl: Math.max(1, Math.ceil((expiresAt - now) / 1000)) }),
    }));
  }

  private alive(): Copy[] {
    const now = this.now();
    return this.copies.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
  }
}

/** As far as it can be known here. */
function mayWrite(cookie: CookieText): boolean {
  if (cookie.httpOnly || (cookie.sameSite === "none" && !cookie.secure)) return false;
  return isAllowedName(cookie, cookie.path);
}

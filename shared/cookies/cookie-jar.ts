/**
 * The cookies of one device for one server, by the rules of RFC 6265bis, bounded. There is one server, so that a cookie's
 * domain decides only whether it is taken; and the way to it is encrypted, so that Secure cookies are taken and sent.
 * Scripts neither read nor write an HttpOnly cookie, nor push one out.
 */
import { defaultPath, pathMatches } from "./cookie-path.ts";
import { isAllowedName } from "./cookie-prefix.ts";
import { type CookieText, parseCookieText, type SameSite } from "./cookie-text.ts";

/** Cookies of one jar. */
export const MAX_COOKIES = 100;
/** Names, values and paths of one jar together, in bytes: servers take no more in a request's headers. */
export const MAX_JAR_BYTES = 16 * 1024;

/** Texts are latin-1: one character for each byte. Times in milliseconds since 1970. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly expiresAt: number | undefined;
  readonly httpOnly: boolean;
  readonly sameSite: SameSite;
  readonly created: number;
}

/** Where a request comes from: a page of the server itself or its user, a link on another site, or something else there. */
export type RequestSite = "same-site" | "cross-site-link" | "cross-site";

export interface RequestPlace {
  readonly path: string;
  readonly site: RequestSite;
}

export interface CookieJarOptions {
  readonly now: () => number;
  /** What the server is called: cookies for another domain are refused. Lower case, IPv6 without brackets. */
  readonly hosts: readonly string[];
  /** What was kept, in the order of creation. */
  readonly kept?: readonly Cookie[];
}

interface Entry {
  cookie: Cookie;
  /** Counts up with each use, to tell which one was not used for longest. */
  used: number;
}

export class CookieJar {
  private readonly now: () => number;
  private readonly hosts: readonly string[];
  /** By name and path, in the order of creation. */
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;
  private uses = 0;
  private changes = 0;
  private shown = 0;

  constructor({ now, hosts, kept = [] }: CookieJarOptions) {
    this.now = now;
    this.hosts = hosts;
    for (const cookie of kept) this.put(cookie, false);
    this.changes = 0;
    this.shown = 0;
  }

  /** Rises whenever something that is worth keeping has changed. */
  get version(): number {
    return this.changes;
  }

  /** Rises whenever what scripts may read has changed, other than by time. */
  get readableVersion(): number {
    return this.shown;
  }

  /** What an answer to a request from `place` sets. */
  take(setCookie: string, { path, site }: RequestPlace): void {
    const now = this.now();
    const text = parseCookieText(setCookie, now);
    if (text === undefined || !this.isOurs(text.domain)) return;
    if (site === "cross-site" && text.sameSite !== "none") return;
    const own = this.cookieOf(text, path, now);
    if (own !== undefined) this.put(own, false);
  }

  /**
   * What a script on the page at `path` assigns to `document.cookie`, as bytes. Its domain is not looked at: a page
   * cannot know what the server is called where it runs.
   */
  write(text: string, path: string): void {
    const now = this.now();
    const cookie = parseCookieText(text, now);
    if (cookie === undefined || cookie.httpOnly) return;
    const own = this.cookieOf(cookie, path, now);
    if (own === undefined || this.entries.get(keyOf(own))?.cookie.httpOnly === true) return;
    this.put(own, true);
  }

  /** The `Cookie` header of a request; undefined when there is none to send. */
  header({ path, site }: RequestPlace): string | undefined {
    this.expire();
    const sent = [...this.entries.values()].filter(
      ({ cookie }) => pathMatches(cookie.path, path) && mayGo(cookie.sameSite, site),
    );
    if (sent.length === 0) return undefined;
    for (const entry of sent) {
      this.uses += 1;
      entry.used = this.uses;
    }
    return sent
      .map(({ cookie }) => cookie)
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => (name === "" ? value : `${name}=${value}`))
      .join("; ");
  }

  /** All that have not expired, in the order of creation. */
  list(): Cookie[] {
    this.expire();
    return [...this.entries.values()].map(({ cookie }) => cookie);
  }

  private isOurs(domain: string): boolean {
    if (domain === "") return true;
    return this.hosts.some(
      (host) => host === domain || (host.endsWith(`.${domain}`) && !/^[\d.]+$|:/.test(host)),
    );
  }

  private cookieOf(text: CookieText, requestPath: string, now: number): Cookie | undefined {
    const { name, value, expiresAt, httpOnly, sameSite, secure } = text;
    if ((sameSite === "none" && !secure) || !isAllowedName(text, text.path)) return undefined;
    const path = text.path ?? defaultPath(requestPath);
    return { name, value, path, expiresAt, httpOnly, sameSite, created: now };
  }

  private put(cookie: Cookie, byScript: boolean): void {
    this.expire();
    const key = keyOf(cookie);
    const old = this.entries.get(key);
    if (cookie.expiresAt !== undefined && cookie.expiresAt <= this.now()) {
      if (old !== undefined) this.drop(key, old.cookie);
      return;
    }
    const oldSize = old === undefined ? 0 : sizeOf(old.cookie);
    const leaving = this.roomFor(sizeOf(cookie) - oldSize, old === undefined ? 1 : 0, key, byScript);
    if (leaving === undefined) return;
    for (const [other, entry] of leaving) this.drop(other, entry.cookie);
    this.bytes += sizeOf(cookie) - oldSize;
    this.uses += 1;
    // A cookie that is set again keeps its age, and its place.
    const kept = old === undefined ? cookie : { ...cookie, created: old.cookie.created };
    if (old !== undefined && isSame(old.cookie, kept)) {
      old.used = this.uses;
      return;
    }
    this.entries.set(key, { cookie: kept, used: this.uses });
    this.changed(kept);
    if (old !== undefined) this.changed(old.cookie);
  }

  /** Who has to go for so much more; undefined when it is not to be had. */
  private roomFor(
    bytes: number,
    count: number,
    key: string,
    byScript: boolean,
  ): [string, Entry][] | undefined {
    const leaving: [string, Entry][] = [];
    let tooMany = this.entries.size + count - MAX_COOKIES;
    let tooMuch = this.bytes + bytes - MAX_JAR_BYTES;
    if (tooMany <= 0 && tooMuch <= 0) return leaving;
    const candidates = [...this.entries]
      .filter(([other, { cookie }]) => other !== key && !(byScript && cookie.httpOnly))
      .sort(([, a], [, b]) => a.used - b.used);
    for (const candidate of candidates) {
      if (tooMany <= 0 && tooMuch <= 0) break;
      leaving.push(candidate);
      tooMany -= 1;
      tooMuch -= sizeOf(candidate[1].cookie);
    }
    return tooMany <= 0 && tooMuch <= 0 ? leaving : undefined;
  }

  private expire(): void {
    const now = this.now();
    for (const [key, { cookie }] of this.entries) {
      if (cookie.expiresAt === undefined || cookie.expiresAt > now) continue;
      this.entries.delete(key);
      this.bytes -= sizeOf(cookie);
      this.changes += 1;
    }
  }

  private drop(key: string, cookie: Cookie): void {
    this.entries.delete(key);
    this.bytes -= sizeOf(cookie);
    this.changed(cookie);
  }

  private changed({ httpOnly }: Cookie): void {
    this.changes += 1;
    if (!httpOnly) this.shown += 1;
  }
}

function keyOf({ name, path }: Cookie): string {
  return `${path}\n${name}`;
}

function sizeOf({ name, value, path }: Cookie): number {
  return name.length + value.length + path.length;
}

function isSame(a: Cookie, b: Cookie): boolean {
  return (
    a.value === b.value &&
    a.expiresAt === b.expiresAt &&
    a.httpOnly === b.httpOnly &&
    a.sameSite === b.sameSite
  );
}

function mayGo(sameSite: SameSite, site: RequestSite): boolean {
  if (site === "same-site" || sameSite === "none") return true;
  return site === "cross-site-link" && sameSite === "lax";
}

/**
 * One cookie as text: what stands in `Set-Cookie` or is assigned to `document.cookie`, taken apart as RFC 6265bis
 * section 5.6 has it. It says what was written; whether that is allowed is decided by the jar. Text may be bytes as
 * latin-1 or characters: nothing here looks beyond ASCII.
 */
import { parseCookieDate } from "./cookie-date.ts";

/** Name and value together. */
export const MAX_COOKIE_LENGTH = 4_096;
/** An attribute with a longer value is left out. */
const MAX_ATTRIBUTE_LENGTH = 1_024;
/** No control characters but the tab, which could end a header or hide in it. */
const ONE_LINE = /^[\t\x20-\x7e\x80-\u{10ffff}]*$/u;
/** Browsers let no cookie live longer. Milliseconds. */
const MAX_LIFE_MS = 400 * 86_400_000;

export type SameSite = "strict" | "lax" | "none";

export interface CookieText {
  /** May be empty, when the value is not. */
  readonly name: string;
  readonly value: string;
  /** As written, when it begins with a slash. */
  readonly path: string | undefined;
  /** Without a leading dot, in lower case; empty when none was asked for. */
  readonly domain: string;
  /** Milliseconds since 1970; undefined for one that does not expire by itself. */
  readonly expiresAt: number | undefined;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: SameSite;
}

/** Undefined for what is no cookie. `now` is what `Max-Age` counts from. */
export function parseCookieText(text: string, now: number): CookieText | undefined {
  if (!ONE_LINE.test(text)) return undefined;
  const [pair = "", ...attributes] = text.split(";");
  const equals = pair.indexOf("=");
  const name = trim(pair.slice(0, Math.max(equals, 0)));
  const value = trim(pair.slice(equals + 1));
  if (name.length + value.length > MAX_COOKIE_LENGTH || (name === "" && value === "")) return undefined;

  const said = new Map<string, string>();
  for (const attribute of attributes) {
    const at = attribute.indexOf("=");
    const word = trim(at === -1 ? attribute : attribute.slice(0, at)).toLowerCase();
    const setting = at === -1 ? "" : trim(attribute.slice(at + 1));
    if (setting.length <= MAX_ATTRIBUTE_LENGTH && isSaying(word, setting)) said.set(word, setting);
  }
  const path = said.get("path");
  return {
    name,
    value,
    path: path?.startsWith("/") ? path : undefined,
    domain: (said.get("domain") ?? "").replace(/^\./, "").toLowerCase(),
    expiresAt: expiry(said.get("max-age"), said.get("expires"), now),
    secure: said.has("secure"),
    httpOnly: said.has("httponly"),
    sameSite: sameSite(said.get("samesite")),
  };
}

/** The last attribute of a name counts, but one that makes no sense takes nothing back. */
function isSaying(word: string, setting: string): boolean {
  if (word === "max-age") return /^-?\d+$/.test(setting);
  return word !== "expires" || parseCookieDate(setting) !== undefined;
}

function expiry(maxAge: string | undefined, expires: string | undefined, now: number): number | undefined {
  const latest = now + MAX_LIFE_MS;
  if (maxAge !== undefined) {
    const seconds = Number(maxAge);
    return seconds <= 0 ? 0 : Math.min(now + seconds * 1000, latest);
  }
  const date = expires === undefined ? undefined : parseCookieDate(expires);
  return date === undefined ? undefined : Math.min(Math.max(date, 0), latest);
}

/** Without the attribute, and for words that nobody knows, browsers take Lax. */
function sameSite(word: string | undefined): SameSite {
  const lower = word?.toLowerCase();
  return lower === "strict" || lower === "none" ? lower : "lax";
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

/**
 * The CONTROL messages about web apps (protocol section "Apps"): what an app's own device is told of the API and of its
 * cookies, and what its scripts write. The other end is authentic, and still every field is decoded strictly: a message
 * that makes no sense is undefined and is ignored. Unknown fields are ignored, so that either end may be the newer one.
 */
import { isFields } from "#shared/protocol/json-fields.ts";
import { isWhole, listOf, ttlSeconds } from "./message-fields.ts";
import { showableName } from "./pairing-messages.ts";

/** Words that either end may say in its `features`. What the other end did not say it is not sent. */
export const FEATURE = {
  /** The node tells when the local API stops or starts to answer. */
  API: "api",
  /** Devices for web apps: `grant` with `app`, and the messages `app`, `cookies` and `cookie`. */
  APPS: "apps",
} as const;

/** Cookies of one list. A jar of ours holds 100; another end's may hold more. */
const MAX_LISTED_COOKIES = 1_000;
/** Writes of one message. */
export const MAX_COOKIE_WRITES = 64;
/** What a script may write as one cookie, attributes included. UTF-16 units. */
export const MAX_COOKIE_TEXT_LENGTH = 8_192;
/** The path of a page. UTF-16 units. */
export const MAX_COOKIE_PATH_LENGTH = 4_096;
const MAX_ORIGINS = 16;
const MAX_ORIGIN_LENGTH = 300;

/** N→C, the first thing an app's device hears on each channel. */
export interface AppPlace {
  /** What the PC calls itself: text for people. */
  readonly name: string;
  /** What the app calls its own origin, such as `http://127.0.0.1:8000` and `http://localhost:8000`; the first is its own. */
  readonly origins: readonly string[];
  /** The path below which the API lies there: empty, or with a slash before and none behind. */
  readonly basePath: string;
}

/** N→C: whether the local API answers, and for how many seconds that has been so. */
export interface ApiReach {
  readonly up: boolean;
  readonly forSec: number;
}

/** A cookie that scripts may read: no HttpOnly one ever stands in a list. */
export interface ReadableCookie {
  readonly name: string;
  readonly value: string;
  /** The page's path has to match it. */
  readonly path: string;
  /** Seconds until it expires; without it, it goes with the device. */
  readonly ttl?: number;
}

/** N→C: everything that scripts may read, and the number of the last write that it knows of. */
export interface CookieList {
  readonly cookies: readonly ReadableCookie[];
  readonly seen: number;
}

/** C→N: what scripts assigned to `document.cookie`, in order. `number` rises by one with each message of a channel. */
export interface CookieWrites {
  readonly number: number;
  readonly writes: readonly CookieWrite[];
}

export interface CookieWrite {
  readonly text: string;
  /** The path of the page, without its query. */
  readonly path: string;
}

/** A CONTROL message as it came: its type is known, and nothing else of it. */
type Untrusted = { readonly [field: string]: unknown };

export function appMessage({ name, origins, basePath }: AppPlace) {
  return { type: "app", name, origins, base_path: basePath } as const;
}

export function decodeApp(message: Untrusted): AppPlace | undefined {
  const { name, base_path = "" } = message;
  const origins = listOf(message.origins, MAX_ORIGINS, originText);
  if (typeof name !== "string" || origins === undefined || origins.length === 0) return undefined;
  if (typeof base_path !== "string" || base_path.length > MAX_COOKIE_PATH_LENGTH) return undefined;
  if (!/^(\/[\x21-\x7e]*[^/])?$/.test(base_path)) return undefined;
  return { name: showableName(name, "PC"), origins, basePath: base_path };
}

export function apiMessage({ up, forSec }: ApiReach) {
  return { type: "api", up, for: forSec } as const;
}

export function decodeApi(message: Untrusted): ApiReach | undefined {
  const { up, for: forSec = 0 } = message;
  if (typeof up !== "boolean" || !isWhole(forSec) || forSec < 0) return undefined;
  return { up, forSec };
}

export function cookiesMessage({ cookies, seen }: CookieList) {
  return { type: "cookies", cookies, seen } as const;
}

export function decodeCookies(message: Untrusted): CookieList | undefined {
  const { seen = 0 } = message;
  if (!Array.isArray(message.cookies)) return undefined;
  const cookies = listOf(message.cookies, MAX_LISTED_COOKIES, readableCookie);
  if (cookies === undefined || !isWhole(seen) || seen < 0) return undefined;
  return { cookies, seen };
}

export function cookieMessage({ number, writes }: CookieWrites) {
  return { type: "cookie", number, writes } as const;
}

export function decodeCookieWrites(message: Untrusted): CookieWrites | undefined {
  const { number } = message;
  if (!Array.isArray(message.writes) || !isWhole(number) || number < 1) return undefined;
  const writes = listOf(message.writes, MAX_COOKIE_WRITES, cookieWrite);
  return writes === undefined ? undefined : { number, writes };
}

function originText(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > MAX_ORIGIN_LENGTH) return undefined;
  return /^https?:\/\/([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.test(value) ? value : undefined;
}

function readableCookie(value: unknown): ReadableCookie | undefined {
  if (!isFields(value)) return undefined;
  const { name, value: text, path } = value;
  if (typeof name !== "string" || typeof text !== "string") return undefined;
  if (typeof path !== "string" || !path.startsWith("/")) return undefined;
  if (value.ttl === undefined) return { name, value: text, path };
  const ttl = ttlSeconds(value.ttl);
  return ttl === undefined ? undefined : { name, value: text, path, ttl };
}

function cookieWrite(value: unknown): CookieWrite | undefined {
  if (!isFields(value)) return undefined;
  const { text, path } = value;
  if (typeof text !== "string" || text.length > MAX_COOKIE_TEXT_LENGTH) return undefined;
  if (typeof path !== "string" || !path.startsWith("/") || path.length > MAX_COOKIE_PATH_LENGTH)
    return undefined;
  return { text, path };
}

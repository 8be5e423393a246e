/** The cookies of a jar as bytes, and the one decoder for them. A record that is damaged anywhere is none. */
import { type Cookie, MAX_COOKIES } from "#shared/cookies/cookie-jar.ts";
import { isFields, parseFields } from "#shared/protocol/json-fields.ts";

const VERSION = 1;
const LATIN1 = /^[\t\x20-\x7e\x80-\xff]*$/;
const SAME_SITE = ["strict", "lax", "none"] as const;

export function encodeJar(cookies: readonly Cookie[]): Uint8Array {
  const items = cookies.map(({ name, value, path, expiresAt, httpOnly, sameSite, created }) => ({
    name,
    value,
    path,
    ...(expiresAt !== undefined && { expires: expiresAt }),
    ...(httpOnly && { http_only: true }),
    same_site: sameSite,
    created,
  }));
  return new TextEncoder().encode(JSON.stringify({ v: VERSION, cookies: items }));
}

export function decodeJar(bytes: Uint8Array): Cookie[] | undefined {
  const fields = parseFields(Buffer.from(bytes).toString("utf8"));
  if (fields?.v !== VERSION || !Array.isArray(fields.cookies)) return undefined;
  const items: unknown[] = fields.cookies;
  if (items.length > MAX_COOKIES) return undefined;
  const cookies = items.map(decodeCookie);
  return cookies.every((cookie) => cookie !== undefined) ? cookies : undefined;
}

function decodeCookie(value: unknown): Cookie | undefined {
  if (!isFields(value)) return undefined;
  const { name, value: text, path, expires, http_only, created } = value;
  const sameSite = SAME_SITE.find((known) => known === value.same_site);
  if (!isLatin1(name) || !isLatin1(text) || !isLatin1(path) || !path.startsWith("/")) return undefined;
  if (sameSite === undefined || !isTime(created)) return undefined;
  if (expires !== undefined && !isTime(expires)) return undefined;
  // A flag that protects is never read as off by mistake.
  if (http_only !== undefined && typeof http_only !== "boolean") return undefined;
  return { name, value: text, path, expiresAt: expires, httpOnly: http_only === true, sameSite, created };
}

function isLatin1(value: unknown): value is string {
  return typeof value === "string" && LATIN1.test(value);
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

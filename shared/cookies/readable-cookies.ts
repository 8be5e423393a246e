/**
 * Between a jar, which holds bytes, and scripts, which see text: values are UTF-8 to them, as they are in browsers, and
 * bytes that are none show as the replacement character.
 */
import type { ReadableCookie } from "#shared/protocol/v2/app-messages.ts";
import type { Cookie } from "./cookie-jar.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** What scripts may read. `now`: milliseconds since 1970. */
export function readableCookies(cookies: readonly Cookie[], now: number): ReadableCookie[] {
  return cookies
    .filter(({ httpOnly }) => !httpOnly)
    .map(({ name, value, path, expiresAt }) => ({
      name: asText(name),
      value: asText(value),
      path: asText(path),
      ...(expiresAt !== undefined && { ttl: Math.max(1, Math.ceil((expiresAt - now) / 1000)) }),
    }));
}

/** What a script wrote, as the jar takes it. */
export function asBytes(text: string): string {
  return Array.from(encoder.encode(text), (byte) => String.fromCharCode(byte)).join("");
}

function asText(bytes: string): string {
  return decoder.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

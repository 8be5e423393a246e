/**
 * Route tokens: what a paired device shows the relay to be put through to its node. The node makes and keeps them, the
 * relay knows their hashes alone. They open no encrypted channel; the device's key does that.
 */
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import { ROUTE_TOKEN_BYTES } from "#shared/protocol/v2/limits.ts";
import type { CryptoBackend } from "./backend.ts";
import type { HashFunction } from "./primitives.ts";

/** Makes a route token: 32 random bytes in base64url, as it travels and as the device keeps it. */
export function generateRouteToken(backend: CryptoBackend): string {
  return encodeBase64Url(backend.randomBytes(ROUTE_TOKEN_BYTES));
}

/** SHA-256 of the token's 32 bytes (not of its text), in base64url; undefined when the text is no route token. */
export function hashRouteToken(sha256: HashFunction, token: string): string | undefined {
  const bytes = decodeBase64Url(token);
  return bytes?.length === ROUTE_TOKEN_BYTES ? encodeBase64Url(sha256(bytes)) : undefined;
}

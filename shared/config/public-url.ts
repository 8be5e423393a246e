/**
 * A relay's public URL as its owner writes it (`ORA_RELAY_PUBLIC_URL`). The relay and the node of one owner read it by
 * the same rules, because both may find it in the same `.env`.
 */
import { parseRelayUrl } from "#shared/protocol/relay-url.ts";

/** What is allowed, in words that end the sentence "allowed: …". */
export const PUBLIC_URL_ALLOWED =
  "an http:// or https:// address, such as https://relay.example, with the path where a proxy gives it one";

/** `http(s)://host[:port][/base]`, or undefined for anything else. */
export function parsePublicUrl(value: string): string | undefined {
  return /^https?:/i.test(value) ? parseRelayUrl(value) : undefined;
}

/** Names that promise something about their cookie (RFC 6265bis section 5.7): they are refused where it does not hold. */
import type { CookieText } from "./cookie-text.ts";

/** `path`: the one the cookie will have, if it was named. */
export function isAllowedName(
  { name, value, secure, domain }: Pick<CookieText, "name" | "value" | "secure" | "domain">,
  path: string | undefined,
): boolean {
  // A nameless cookie is sent as its value alone, and would pass for one with the prefix.
  const sent = (name === "" ? value : name).toLowerCase();
  const isHost = sent.startsWith("__host-");
  if (!isHost && !sent.startsWith("__secure-")) return true;
  if (name === "" || !secure) return false;
  return !isHost || (domain === "" && path === "/");
}

/** How long an answer's body has to be (RFC 9110 sections 6.4.1 and 8.6), so that a short one is noticed. */
import type { HeaderPairs } from "#shared/mux/heads.ts";

/** Far above any body there is, and below where numbers lose their exactness. */
const PLAIN = /^\d{1,15}$/;

/** Statuses whose answers have no body, whatever their headers say. */
const BODILESS = new Set([101, 204, 205, 304]);

export function hasNoBody(method: string, status: number): boolean {
  return method === "HEAD" || BODILESS.has(status);
}

/** The body's length in bytes; undefined when it is not announced, "invalid" when announced in a way nobody may trust. */
export function announcedLength(headers: HeaderPairs): number | "invalid" | undefined {
  let length: number | undefined;
  for (const [name, value] of headers) {
    if (name.length !== 14 || name.toLowerCase() !== "content-length") continue;
    // Equal values in a list are allowed; anything else is how requests are smuggled.
    for (const part of PLAIN.test(value) ? [value] : value.split(",")) {
      const text = part.trim();
      if (!PLAIN.test(text)) return "invalid";
      if (length !== undefined && length !== Number(text)) return "invalid";
      length = Number(text);
    }
  }
  return length;
}

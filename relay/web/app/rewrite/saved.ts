/**
 * The headers of an answer that is to be saved, not shown, because a link says so: named by the answer itself where it
 * has a name, else by the link, else by its address, as browsers do it.
 */
import type { HeaderPair } from "./request-headers.ts";

/** They are about showing. */
const ABOUT_SHOWING: ReadonlySet<string> = new Set([
  "content-disposition",
  "content-security-policy",
  "x-frame-options",
]);

export function saved(
  headers: readonly HeaderPair[],
  { address, name }: { readonly address: string; readonly name: string },
): HeaderPair[] {
  const given = headers.find(([header]) => header === "content-disposition")?.[1] ?? "";
  const named = /(?:^|;)\s*filename\*?\s*=/i.test(given) ? given.replace(/^[^;]*/, "attachment") : undefined;
  const last = new URL(address).pathname.split("/").at(-1) ?? "";
  const chosen = name !== "" ? name : last;
  const own = chosen === "" ? "attachment" : `attachment; filename*=UTF-8''${encoded(chosen)}`;
  return [...headers.filter(([header]) => !ABOUT_SHOWING.has(header)), ["content-disposition", named ?? own]];
}

/** RFC 8187. A name that is encoded already, as in an address, stays. */
function encoded(name: string): string {
  const plain =
    /^(?:[^%]|%[0-9a-f]{2})*$/i.test(name) && name.includes("%") ? name : encodeURIComponent(name);
  return plain.replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The tag that goes into documents: it loads our script before any of the page's, and hands it what it needs. */
import type { PageFacts } from "../calls/messages.ts";
import type { ShimSources } from "../rewrite/content-policy.ts";

/** ASCII alone, because the document's encoding is its own. */
export function scriptTag(
  facts: PageFacts,
  nonce: string | undefined,
  { script, hash }: ShimSources,
): Uint8Array {
  const attributes = [
    ["src", new URL(script).pathname],
    ["integrity", hash],
    ...(nonce === undefined ? [] : [["nonce", nonce]]),
    ["data-ora", asciiJson(facts)],
  ].map(([name, value = ""]) => `${name}="${escaped(value)}"`);
  return new TextEncoder().encode(`<script ${attributes.join(" ")}></script>`);
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function escaped(text: string): string {
  return text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

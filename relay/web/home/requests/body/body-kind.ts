/**
 * What an answer's body is, by what the API says of it, and by its first bytes where it says nothing useful. It decides
 * only how the body is first shown: nothing here makes a document of it, and HTML is text.
 */

export type BodyKind = "empty" | "json" | "events" | "image" | "text" | "binary";

export interface BodyFacts {
  /** The `Content-Type` header as it came. */
  readonly type: string | undefined;
  /** The first bytes. */
  readonly start: Uint8Array;
}

/** What an image element can show. SVG too, because there it runs nothing and loads nothing. */
const IMAGES = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "image/bmp",
  "image/x-icon",
  "image/vnd.microsoft.icon",
  "image/svg+xml",
]);
const TEXTS =
  /^(text\/.*|application\/(.*\+)?(xml|yaml|x-yaml|toml|javascript|ecmascript|graphql|sql|x-sh|x-www-form-urlencoded|x-ndjson|ndjson|jsonl|json-seq))$/;
const SIGNATURES: readonly (readonly [type: string, start: string])[] = [
  ["image/png", "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", "\xff\xd8\xff"],
  ["image/gif", "GIF8"],
];
const SNIFFED_BYTES = 512;

/** `text/html; charset=x` → `text/html` */
export function essence(type: string | undefined): string {
  return (type ?? "").replace(/;.*$/s, "").trim().toLowerCase();
}

export function bodyKind({ type, start }: BodyFacts): BodyKind {
  const named = essence(type);
  if (named === "text/event-stream") return "events";
  if (start.length === 0) return "empty";
  if (imageType({ type, start }) !== undefined) return "image";
  if (/^(application|text)\/(.*\+)?json$/.test(named)) return "json";
  if (TEXTS.test(named)) return "text";
  if (named !== "" && named !== "application/octet-stream") return "binary";
  return sniffed(start);
}

/** The type to hand to an image element, if this can be one. */
export function imageType({ type, start }: BodyFacts): string | undefined {
  const named = essence(type);
  if (IMAGES.has(named)) return named;
  if (named !== "" && named !== "application/octet-stream") return undefined;
  const begins = String.fromCharCode(...start.subarray(0, 16));
  return SIGNATURES.find(([, signature]) => begins.startsWith(signature))?.[0];
}

function sniffed(start: Uint8Array): BodyKind {
  const head = start.subarray(0, SNIFFED_BYTES);
  if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))) return "binary";
  // The last character may be cut.
  const text = new TextDecoder().decode(head.subarray(0, Math.max(head.length - 3, 1)));
  if (text.includes("\ufffd")) return "binary";
  return /^\s*[{[]/.test(text) ? "json" : "text";
}

/**
 * Puts one tag into an HTML document as it streams by: straight after `<head>`, or where there is none after `<html>`,
 * after the doctype, or at the beginning, so that it runs before any script of the page and never causes quirks mode.
 * It holds back only what it needs to find the place, and changes no other byte, whatever the encoding. UTF-16 it
 * leaves alone.
 */

/**
 * What is looked at at most, in bytes. Above that the tag goes to the best place found so far: a page that begins with
 * more than this of comments has it before the end of them.
 */
export const MAX_HELD_BYTES = 16 * 1024;

const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const QUOTES: ReadonlySet<number> = new Set([0x22, 0x27]);
const SPACES: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x20]);
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Where the tag goes: `found` is final; `sofar` is the best place if nothing more came. `none`: this is UTF-16. */
type Place = { readonly kind: "found" | "sofar"; readonly at: number } | { readonly kind: "none" };

export function injectTag(tag: Uint8Array): TransformStream<Uint8Array, Uint8Array> {
  let held: Uint8Array | undefined = new Uint8Array(0);
  const give = (controller: TransformStreamDefaultController<Uint8Array>, bytes: Uint8Array, at: number) => {
    if (at > 0) controller.enqueue(bytes.subarray(0, at));
    controller.enqueue(tag);
    if (at < bytes.length) controller.enqueue(bytes.subarray(at));
    held = undefined;
  };
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      if (held === undefined) {
        controller.enqueue(chunk);
        return;
      }
      held = joined(held, chunk);
      const place = findPlace(held);
      if (place.kind === "none") {
        controller.enqueue(held);
        held = undefined;
      } else if (place.kind === "found" || held.length >= MAX_HELD_BYTES) give(controller, held, place.at);
    },
    flush(controller) {
      if (held === undefined) return;
      const place = findPlace(held);
      // A body with nothing in it stays one.
      if (held.length === 0) return;
      if (place.kind === "none") controller.enqueue(held);
      else give(controller, held, place.at);
    },
  });
}

/** Looks for the place in the beginning of a document, as far as it has come. */
function findPlace(bytes: Uint8Array): Place {
  if (isUtf16(bytes)) return { kind: "none" };
  let at = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte) ? BYTE_ORDER_MARK.length : 0;
  // Two bytes may turn out to be the first of three.
  let best = at;
  for (;;) {
    while (SPACES.has(bytes[at] ?? 0)) at += 1;
    if (at >= bytes.length) return { kind: "sofar", at: best };
    if (bytes[at] !== LESS_THAN) return { kind: isMarkBegun(bytes, at) ? "sofar" : "found", at: best };
    const end = markupEnd(bytes, at);
    if (end === "text") return { kind: "found", at: best };
    if (end === undefined) return { kind: "sofar", at: best };
    const name = tagName(bytes, at);
    if (name === "head") return { kind: "found", at: end };
    if (name === "html" || name === "!doctype") best = end;
    else if (!name.startsWith("!") && !name.startsWith("?")) return { kind: "found", at: best };
    at = end;
  }
}

/** FE FF or FF FE; or every second byte of the beginning is zero, which no ASCII-based page has. */
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if ((first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe)) return true;
  return (
    bytes.length >= 2 && (first === 0) !== (second === 0) && (first === LESS_THAN || second === LESS_THAN)
  );
}

/** A byte order mark of which only a part has come. */
function isMarkBegun(bytes: Uint8Array, at: number): boolean {
  if (at !== 0) return false;
  const isUtf8 =
    bytes.length < BYTE_ORDER_MARK.length && bytes.every((byte, i) => byte === BYTE_ORDER_MARK[i]);
  return isUtf8 || (bytes.length === 1 && (bytes[0] === 0xfe || bytes[0] === 0xff || bytes[0] === 0));
}

/**
 * The offset behind the markup that begins at `at`; undefined when it has not come whole; `text` when a browser takes
 * the `<` for text.
 */
function markupEnd(bytes: Uint8Array, at: number): number | "text" | undefined {
  const next = bytes[at + 1];
  if (next === undefined) return undefined;
  const isName = (next >= 0x41 && next <= 0x5a) || (next >= 0x61 && next <= 0x7a);
  if (isName) return tagEnd(bytes, at);
  if (next === 0x2f || next === 0x3f) return after(bytes, ">", at + 2);
  if (next !== 0x21) return "text";
  const opening = text(bytes, at + 2, 2);
  if (opening === "" || opening === "-") return bytes.length < at + 4 ? undefined : after(bytes, ">", at + 2);
  if (opening !== "--") return after(bytes, ">", at + 2);
  return commentEnd(bytes, at + 4);
}

/** `-->` or `--!>`; and `<!-->` and `<!--->` are whole comments. */
function commentEnd(bytes: Uint8Array, from: number): number | undefined {
  if (bytes.length < from + 2 && bytes[from] !== GREATER_THAN) return undefined;
  if (bytes[from] === GREATER_THAN) return from + 1;
  if (text(bytes, from, 2) === "->") return from + 2;
  for (let at = from; at < bytes.length; at += 1) {
    if (bytes[at] !== 0x2d || bytes[at + 1] !== 0x2d) continue;
    if (bytes[at + 2] === GREATER_THAN) return at + 3;
    if (bytes[at + 2] === 0x21 && bytes[at + 3] === GREATER_THAN) return at + 4;
  }
  return undefined;
}

/** Behind the `>` of a tag: one within a quoted value does not count. */
function tagEnd(bytes: Uint8Array, from: number): number | undefined {
  let quote: number | undefined;
  let before = 0;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (quote !== undefined) {
      if (byte === quote) quote = undefined;
    } else if (byte === GREATER_THAN) return at + 1;
    // A quote opens a value only behind the equals sign; elsewhere it is part of a name.
    else if (QUOTES.has(byte) && before === 0x3d) quote = byte;
    if (!SPACES.has(byte)) before = byte;
  }
  return undefined;
}

/** The name of the tag or declaration at `at`, in lower case; with `!` or `?` or `/` where it begins so. */
function tagName(bytes: Uint8Array, at: number): string {
  return /^[!?/]?[^\s/>]*/.exec(text(bytes, at + 1, 12).toLowerCase())?.[0] ?? "";
}

function after(bytes: Uint8Array, mark: string, from: number): number | undefined {
  const found = bytes.indexOf(mark.charCodeAt(0), from);
  return found < 0 ? undefined : found + 1;
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

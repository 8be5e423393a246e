/**
 * Whether a text is JSON (RFC 8259), and where it stops being so. It goes through the text once and keeps no value, so
 * depth and size cost it nothing but time; unlike the browsers' own errors it says the place in every language.
 */

/** Where the text stops being JSON: lines and columns count from 1, columns in UTF-16 units. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  /** It is all right so far, but not whole. */
  readonly isEnd: boolean;
}

const SPACE = /[ \t\n\r]*/y;
/** Everything from the space on but the quote and the backslash, or an escape. */
const STRING_PIECE = /(?:[ !#-[\]-\uffff]{1,5000}|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

export function findJsonFault(text: string): JsonFault | undefined {
  const at = faultAt(text);
  if (at === undefined) return undefined;
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  return { line, column: at - before.lastIndexOf("\n"), isEnd: text.slice(at).trim() === "" };
}

/** One pass with a stack of what is open; undefined when all is well. */
function faultAt(text: string): number | undefined {
  const open: ("{" | "[")[] = [];
  let at = skip(SPACE, text, 0);
  for (;;) {
    // A value.
    const char = text[at];
    if (char === "{" || char === "[") {
      at = skip(SPACE, text, at + 1);
      if (text[at] === closing(char)) at += 1;
      else {
        open.push(char);
        if (char === "[") continue;
        const colon = afterKey(text, at);
        if (!colon.ok) return colon.at;
        at = colon.at;
        continue;
      }
    } else {
      const end = char === '"' ? endOfString(text, at) : { ok: skip(SCALAR, text, at) > at, at };
      if (!end.ok) return end.at;
      at = char === '"' ? end.at : skip(SCALAR, text, at);
    }
    // What follows it.
    for (;;) {
      at = skip(SPACE, text, at);
      const container = open.at(-1);
      if (container === undefined) return at === text.length ? undefined : at;
      const next = text[at];
      if (next === closing(container)) {
        open.pop();
        at += 1;
        continue;
      }
      if (next !== ",") return at;
      at = skip(SPACE, text, at + 1);
      if (container === "[") break;
      const colon = afterKey(text, at);
      if (!colon.ok) return colon.at;
      at = colon.at;
      break;
    }
  }
}

type Step = { readonly ok: boolean; readonly at: number };

function afterKey(text: string, at: number): Step {
  const key = endOfString(text, at);
  if (!key.ok) return key;
  const colon = skip(SPACE, text, key.at);
  return text[colon] === ":" ? { ok: true, at: skip(SPACE, text, colon + 1) } : { ok: false, at: colon };
}

/** Piece by piece: one expression for a string of megabytes would overflow the engine's stack. */
function endOfString(text: string, start: number): Step {
  if (text[start] !== '"') return { ok: false, at: start };
  let at = start + 1;
  for (;;) {
    if (text[at] === '"') return { ok: true, at: at + 1 };
    const next = skip(STRING_PIECE, text, at);
    if (next === at) return { ok: false, at };
    at = next;
  }
}

function closing(open: "{" | "["): "}" | "]" {
  return open === "{" ? "}" : "]";
}

/** The place after what the sticky expression matches here; the same place when it does not. */
function skip(what: RegExp, text: string, at: number): number {
  what.lastIndex = at;
  return what.test(text) ? what.lastIndex : at;
}

/**
 * JSON read where it is looked at: a value is a place in the text, and its children are found when somebody opens it. So
 * numbers stay as they were written, doubled keys stay two, depth is no danger, and a text that was cut shows what came.
 * The text has been checked before, or is the beginning of one that might be JSON; nothing here fails on other texts.
 */

export type JsonKind = "object" | "array" | "string" | "number" | "literal";

export interface JsonValue {
  readonly kind: JsonKind;
  /** From its first character to before its last. */
  readonly start: number;
  readonly end: number;
  /** Children of an object or array. */
  readonly count: number;
  /** The text ended before it did. */
  readonly isCut: boolean;
}

export interface JsonMember {
  /** The place of the key in an object. */
  readonly key?: { readonly start: number; readonly end: number };
  readonly index: number;
  readonly value: JsonValue;
}

/** Where to go on among the children of a value. */
export interface Cursor {
  readonly at: number;
  readonly index: number;
}

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /[^ \t\n\r,\]}]*/y;

export function rootValue(text: string): JsonValue {
  return valueAt(text, afterSpace(text, 0));
}

export function firstChild(text: string, parent: JsonValue): Cursor {
  return { at: afterSpace(text, parent.start + 1), index: 0 };
}

/** At most `limit` children from there, and where the next begins; no `next` after the last. */
export function childrenFrom(
  text: string,
  parent: JsonValue,
  from: Cursor,
  limit: number,
): { members: JsonMember[]; next: Cursor | undefined } {
  const members: JsonMember[] = [];
  let { at, index } = from;
  const isOver = () => at >= parent.end || at >= text.length || text[at] === "]" || text[at] === "}";
  while (!isOver()) {
    if (members.length === limit) return { members, next: { at, index } };
    let key: { start: number; end: number } | undefined;
    if (parent.kind === "object") {
      key = { start: at, end: stringEnd(text, at).end };
      at = afterSpace(text, key.end);
      if (text[at] === ":") at = afterSpace(text, at + 1);
      // The text was cut within a key: there is no value yet.
      if (at >= text.length) break;
    }
    const value = valueAt(text, at);
    members.push({ ...(key !== undefined && { key }), index, value });
    index += 1;
    // What is no JSON must not hold us in one place.
    at = afterSpace(text, Math.max(value.end, at + 1));
    if (text[at] === ",") at = afterSpace(text, at + 1);
  }
  return { members, next: undefined };
}

function valueAt(text: string, start: number): JsonValue {
  const char = text[start];
  if (char === "{" || char === "[") return containerAt(text, start);
  if (char === '"') {
    const { end, isCut } = stringEnd(text, start);
    return { kind: "string", start, end, count: 0, isCut };
  }
  SCALAR.lastIndex = start;
  SCALAR.test(text);
  const end = Math.max(SCALAR.lastIndex, start);
  const kind = /[-0-9]/.test(char ?? "") ? "number" : "literal";
  return { kind, start, end, count: 0, isCut: end >= text.length && start > 0 };
}

/** Finds the end by counting brackets outside of strings, and counts the children on the way. */
function containerAt(text: string, start: number): JsonValue {
  const kind = text[start] === "{" ? "object" : "array";
  let depth = 0;
  let commas = 0;
  let isEmpty = true;
  let at = start;
  while (at < text.length) {
    switch (text.charCodeAt(at)) {
      case 0x7b:
      case 0x5b:
        if (depth === 1) isEmpty = false;
        depth += 1;
        break;
      case 0x7d:
      case 0x5d:
        depth -= 1;
        if (depth === 0) {
          return { kind, start, end: at + 1, count: isEmpty ? 0 : commas + 1, isCut: false };
        }
        break;
      case 0x22:
        if (depth === 1) isEmpty = false;
        at = stringEnd(text, at).end - 1;
        break;
      case 0x2c:
        if (depth === 1) commas += 1;
        break;
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0d:
        break;
      default:
        if (depth === 1) isEmpty = false;
    }
    at += 1;
  }
  return { kind, start, end: text.length, count: isEmpty ? 0 : commas + 1, isCut: true };
}

function stringEnd(text: string, start: number): { end: number; isCut: boolean } {
  let at = start;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return { end: text.length, isCut: true };
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c && at - 1 - slashes > start) slashes += 1;
    if (slashes % 2 === 0) return { end: at + 1, isCut: false };
  }
}

function afterSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
}

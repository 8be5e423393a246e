/**
 * What of a JSON text is open, as rows. Children come in windows of a hundred, and there are at most a thousand rows
 * however much is open, so that the largest answer draws as quickly as a small one.
 */
import {
  type Cursor,
  childrenFrom,
  firstChild,
  type JsonMember,
  type JsonValue,
  rootValue,
} from "./json-value.ts";

/** Children of one value that are shown at once. */
export const WINDOW = 100;
/** Rows at once. */
export const MAX_ROWS = 1_000;
/** So many rows are opened without being asked. */
const OPENED_ROWS = 40;
/** Of a string on its row, and of one that was opened. UTF-16 units. */
export const SHORT_CHARS = 120;
export const LONG_CHARS = 10_000;

export interface ValueRow {
  readonly row: "value";
  /** Unique within the tree. */
  readonly id: string;
  readonly depth: number;
  /** The key in an object, decoded; undefined in an array and at the root. */
  readonly name: string | undefined;
  readonly index: number;
  readonly siblings: number;
  readonly value: JsonValue;
  /** Of a string or number: what it says, at most as long as it may be shown. */
  readonly text: string;
  /** Whether more is to be seen by opening it. */
  readonly canOpen: boolean;
  readonly isOpen: boolean;
}

/** Leads to the window before or after the one in sight. */
export interface WindowRow {
  readonly row: "earlier" | "later";
  readonly id: string;
  readonly depth: number;
  readonly parent: JsonValue;
  /** The children it leads to, from 1. */
  readonly from: number;
  readonly to: number;
}

/** More is open than is shown. */
export interface FullRow {
  readonly row: "full";
  readonly id: "full";
  readonly depth: 0;
}

export type JsonRow = ValueRow | WindowRow | FullRow;

interface Opened {
  /** Where each window begins, as far as they were visited. */
  readonly starts: Cursor[];
  window: number;
  members: JsonMember[];
  hasMore: boolean;
}

type Pending = { readonly member: JsonMember; readonly depth: number; readonly siblings: number } | WindowRow;

export class JsonTree {
  private readonly text: string;
  private readonly root: JsonValue;
  private readonly opened = new Map<number, Opened>();
  private readonly openStrings = new Set<number>();

  constructor(text: string) {
    this.text = text;
    this.root = rootValue(text);
    this.openSome();
  }

  /** All rows there are now, in order. */
  rows(): JsonRow[] {
    const rows: JsonRow[] = [];
    const pending: Pending[] = [{ member: { index: 0, value: this.root }, depth: 0, siblings: 1 }];
    for (;;) {
      const next = pending.pop();
      if (next === undefined) return rows;
      if (rows.length === MAX_ROWS) return [...rows, { row: "full", id: "full", depth: 0 }];
      if ("row" in next) {
        rows.push(next);
        continue;
      }
      const row = this.valueRow(next.member, next.depth, next.siblings);
      rows.push(row);
      const opened = this.opened.get(row.value.start);
      if (opened !== undefined) pending.push(...this.inside(row, opened).reverse());
    }
  }

  /** Opens what is closed and closes what is open. */
  toggle({ value }: ValueRow): void {
    const { start } = value;
    if (value.kind === "string") {
      if (!this.openStrings.delete(start)) this.openStrings.add(start);
    } else if (!this.opened.delete(start)) {
      this.open(value);
    }
  }

  /** Shows the window that the row leads to. */
  turn({ row, parent }: WindowRow): void {
    const opened = this.opened.get(parent.start);
    if (opened !== undefined) this.show(parent, opened, opened.window + (row === "later" ? 1 : -1));
  }

  private open(value: JsonValue): void {
    const opened: Opened = { starts: [firstChild(this.text, value)], window: 0, members: [], hasMore: false };
    this.opened.set(value.start, opened);
    this.show(value, opened, 0);
  }

  private show(parent: JsonValue, opened: Opened, window: number): void {
    const start = opened.starts[window];
    if (start === undefined) return;
    const { members, next } = childrenFrom(this.text, parent, start, WINDOW);
    if (next !== undefined) opened.starts[window + 1] = next;
    opened.window = window;
    opened.members = members;
    opened.hasMore = next !== undefined;
  }

  /** The root, and what is nearest to it, as long as it fits a screen or two. */
  private openSome(): void {
    let level = [this.root];
    let rows = 1;
    while (level.length > 0) {
      const next: JsonValue[] = [];
      for (const value of level) {
        if (value.count === 0) continue;
        if (value !== this.root && rows + Math.min(value.count, WINDOW) > OPENED_ROWS) continue;
        this.open(value);
        const members = this.opened.get(value.start)?.members ?? [];
        rows += members.length;
        next.push(...members.map((member) => member.value));
      }
      level = next;
    }
  }

  private inside(row: ValueRow, { window, members, hasMore }: Opened): Pending[] {
    const depth = row.depth + 1;
    const { value: parent } = row;
    const lead = (to: "earlier" | "later", first: number, last: number): WindowRow => ({
      row: to,
      id: `${parent.start}-${to}`,
      depth,
      parent,
      from: first + 1,
      to: last,
    });
    const first = window * WINDOW;
    const rest = first + members.length;
    return [
      ...(window > 0 ? [lead("earlier", first - WINDOW, first)] : []),
      ...members.map((member) => ({ member, depth, siblings: parent.count })),
      ...(hasMore ? [lead("later", rest, Math.min(rest + WINDOW, Math.max(parent.count, rest + 1)))] : []),
    ];
  }

  private valueRow({ key, index, value }: JsonMember, depth: number, siblings: number): ValueRow {
    const isContainer = value.kind === "object" || value.kind === "array";
    const isOpen = this.opened.has(value.start) || this.openStrings.has(value.start);
    const isLong = value.kind === "string" && value.end - value.start > SHORT_CHARS;
    const text = isContainer ? "" : this.decoded(value, isOpen ? LONG_CHARS : SHORT_CHARS);
    return {
      row: "value",
      id: String(value.start),
      depth,
      name: key === undefined ? undefined : this.decoded(key, SHORT_CHARS),
      index,
      siblings,
      value,
      text,
      canOpen: isContainer ? value.count > 0 : isLong,
      isOpen,
    };
  }

  /** A string without its quotes and escapes; anything else as it stands. */
  private decoded({ start, end }: { readonly start: number; readonly end: number }, limit: number): string {
    if (this.text[start] !== '"')
      return clipped(this.text.slice(start, Math.min(end, start + limit + 1)), limit);
    // An escape takes at most six places.
    const source = this.text.slice(start + 1, Math.min(end, start + 2 + limit * 6));
    const inner = source.replace(/(?<!\\)((?:\\\\)*)"$/, "$1");
    return clipped(unescaped(inner), limit);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

function unescaped(source: string): string {
  return source.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function clipped(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

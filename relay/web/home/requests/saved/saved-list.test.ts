import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_DRAFT_CHARS } from "../draft/decode-draft.ts";
import { BLANK_BODY, BLANK_DRAFT } from "../draft/draft.ts";
import {
  decodeSavedList,
  MAX_NAME_CHARS,
  MAX_SAVED,
  renamed,
  restored,
  type SavedList,
  without,
  withSaved,
} from "./saved-list.ts";

const many = (count: number): SavedList =>
  Array.from({ length: count }, (_, at) => ({ id: `i${at}`, name: `n${at}`, draft: BLANK_DRAFT }));
const names = (list: SavedList) => list.map(({ name }) => name);

describe("the saved requests", () => {
  it("stand newest first, and are at most so many", () => {
    const request = { id: "new", name: " new ", draft: BLANK_DRAFT };
    const kept = withSaved(many(MAX_SAVED - 1), request);
    expect(kept.ok && names(kept.list).slice(0, 2)).toEqual(["new", "n0"]);
    expect(withSaved(many(MAX_SAVED), request)).toEqual({ ok: false, why: "full" });
  });

  it("refuse what could not be read back", () => {
    const body = { ...BLANK_BODY, text: "x".repeat(MAX_DRAFT_CHARS) };
    expect(withSaved([], { id: "a", name: "a", draft: { ...BLANK_DRAFT, body } })).toEqual({
      ok: false,
      why: "too_large",
    });
  });

  it("are renamed, but never to nothing and never to a book", () => {
    expect(names(renamed(many(2), "i1", " other "))).toEqual(["n0", "other"]);
    expect(names(renamed(many(1), "i0", "  "))).toEqual(["n0"]);
    expect(names(renamed(many(1), "i0", "x".repeat(MAX_NAME_CHARS + 1)))).toEqual([
      "x".repeat(MAX_NAME_CHARS),
    ]);
  });

  it("come back to their place when a removal is taken back", () => {
    const { list, removed } = without(many(3), "i1");
    expect(names(list)).toEqual(["n0", "n2"]);
    expect(removed && names(restored(list, removed))).toEqual(["n0", "n1", "n2"]);
    expect(without(many(1), "other").removed).toBeUndefined();
    expect(removed && restored(many(MAX_SAVED), removed)).toHaveLength(MAX_SAVED);
  });

  it("come back from storage without what makes no sense there", () => {
    expect(decodeSavedList([...many(1), { id: 1 }, null, "x", { id: "b", name: "b", draft: {} }])).toEqual(
      many(1),
    );
    expect(decodeSavedList(many(MAX_SAVED + 5))).toHaveLength(MAX_SAVED);
    fc.assert(fc.property(fc.anything(), (stored) => Array.isArray(decodeSavedList(stored))));
  });
});

import { describe, expect, it } from "vitest";
import { dropDrafts } from "../../state/drop-drafts.ts";
import { MAX_DRAFT_CHARS } from "./decode-draft.ts";
import { BLANK_BODY, BLANK_DRAFT, type RequestDraft } from "./draft.ts";
import { keptDraft } from "./kept-draft.ts";

/** The keys of a Storage are its own properties, as in a browser. */
function tabStorage(bytes = 10_000_000): Storage {
  const methods = {
    getItem: (key: string) => Object.getOwnPropertyDescriptor(storage, key)?.value ?? null,
    setItem(key: string, value: string) {
      if (value.length > bytes) throw new Error("full");
      Object.assign(storage, { [key]: value });
    },
    removeItem: (key: string) => void Reflect.deleteProperty(storage, key),
  };
  const storage: Storage = Object.create(methods);
  return storage;
}

const draft: RequestDraft = {
  method: "REPORT",
  path: "/half/writ",
  headers: [{ name: "Authorization", value: "Bearer 1" }],
  body: { ...BLANK_BODY, kind: "form", json: "{", fields: [{ name: "a", value: "1" }] },
};
const ofLength = (chars: number): RequestDraft => ({
  ...BLANK_DRAFT,
  path: "/".repeat(chars - "GET".length),
});

describe("a draft in the tab's storage", () => {
  it("comes back as it was, for its own PC alone", () => {
    const storage = tabStorage();
    keptDraft(() => storage, "one").keep(draft);
    expect(keptDraft(() => storage, "one").read()).toEqual(draft);
    expect(keptDraft(() => storage, "two").read()).toBeUndefined();
    keptDraft(() => storage, "one").drop();
    expect(Object.keys(storage)).toEqual([]);
  });

  it("comes back without its files, which are not stored", () => {
    const storage = tabStorage();
    const kept = keptDraft(() => storage, "one");
    const file = new File(["x"], "x.txt");
    kept.keep({ ...draft, body: { ...BLANK_BODY, kind: "file", file } });
    expect(kept.read()?.body).toEqual({ ...BLANK_BODY, kind: "file" });
  });

  it("is kept up to the size of a request, and above that leaves nothing older behind", () => {
    const kept = keptDraft(tabStorageDoor(), "one");
    kept.keep(ofLength(MAX_DRAFT_CHARS));
    expect(kept.read()?.path.length).toBe(MAX_DRAFT_CHARS - 3);
    kept.keep(ofLength(MAX_DRAFT_CHARS + 1));
    expect(kept.read()).toBeUndefined();
  });

  it("leaves nothing older behind when the storage is full", () => {
    const kept = keptDraft(tabStorageDoor(1_000), "one");
    kept.keep(draft);
    kept.keep(ofLength(2_000));
    expect(kept.read()).toBeUndefined();
  });

  it("is none where the browser forbids the storage, or something else stands there", () => {
    const forbidden = keptDraft(() => {
      throw new Error("forbidden");
    }, "one");
    forbidden.keep(draft);
    forbidden.drop();
    expect(forbidden.read()).toBeUndefined();
    const storage = tabStorage();
    const kept = keptDraft(() => storage, "one");
    for (const text of ["", "{", "[]", '{"method":1}', "null"]) {
      storage.setItem("ora-draft.one", text);
      expect(kept.read()).toBeUndefined();
    }
  });

  it("goes when its PC is gone or has revoked this device, and nothing else goes", () => {
    const storage = tabStorage();
    const door = () => storage;
    for (const id of ["here", "gone", "revoked", "again"]) keptDraft(door, id).keep(draft);
    storage.setItem("another", "thing");
    const since = 0;
    const connected = { status: "connected", since } as const;
    const revoked = { status: "revoked", since, problem: { code: "revoked" } } as const;
    dropDrafts(door, [
      { nodeId: "here", session: connected },
      { nodeId: "revoked", session: revoked },
      // Paired anew, beside the pairing that was revoked.
      { nodeId: "again", session: revoked },
      { nodeId: "again", session: { status: "connecting", since } },
    ]);
    expect(Object.keys(storage)).toEqual(["ora-draft.here", "ora-draft.again", "another"]);
  });
});

function tabStorageDoor(bytes?: number): () => Storage {
  const storage = tabStorage(bytes);
  return () => storage;
}

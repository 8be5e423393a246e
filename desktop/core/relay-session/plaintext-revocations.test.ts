import { describe, expect, it } from "vitest";
import { memorySecrets } from "../secrets/memory.ts";
import { MAX_SECRET_BYTES } from "../secrets/secret-store.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import {
  loadPlaintextRevocations,
  MAX_REVOKED_SESSIONS,
  MAX_SESSION_LIFE_MS,
  REVOCATIONS_ITEM,
} from "./plaintext-revocations.ts";

function setUp() {
  const clock = fakeClock();
  const store = memorySecrets();
  const errors: unknown[] = [];
  const load = () => loadPlaintextRevocations({ store, clock, onStoreError: (error) => errors.push(error) });
  return { clock, store, errors, load };
}

describe("revoked plaintext sessions", () => {
  it("stay out over a restart, for as long as a session can live", async () => {
    const { load, clock } = setUp();
    const book = await load();
    book.revoke("a", []);
    expect([book.isOut("a"), book.isOut("b")]).toEqual([true, false]);
    await book.settled();
    const again = await load();
    clock.advance(MAX_SESSION_LIFE_MS - 1);
    expect([again.isOut("a"), again.isOut("b")]).toEqual([true, false]);
    clock.advance(1);
    expect(again.isOut("a")).toBe(false);
  });

  it("are all there are after everybody was revoked, but for those that begin later", async () => {
    const { load, clock } = setUp();
    const book = await load();
    book.began("early");
    await book.revokeAll();
    book.began("late");
    expect([book.isOut("early"), book.isOut("unknown"), book.isOut("late")]).toEqual([true, true, false]);
    book.revoke("late", []);
    expect(book.isOut("late")).toBe(true);
    const again = await load();
    expect(again.isOut("unknown")).toBe(true);
    clock.advance(MAX_SESSION_LIFE_MS - 1);
    expect(again.isOut("unknown")).toBe(true);
    clock.advance(1);
    expect(again.isOut("unknown")).toBe(false);
  });

  it("that are more than one item holds become a mark for all but those that are here", async () => {
    const { load, store } = setUp();
    const book = await load();
    const id = (count: number) => `${count}`.padStart(64, "s");
    for (let count = 0; count < MAX_REVOKED_SESSIONS; count++) book.revoke(id(count), ["here"]);
    await book.settled();
    expect(Buffer.byteLength((await store.get(REVOCATIONS_ITEM)) ?? "")).toBeLessThan(MAX_SECRET_BYTES);
    expect(book.isOut("unknown")).toBe(false);
    book.revoke(id(MAX_REVOKED_SESSIONS), ["here", id(0)]);
    expect([book.isOut("unknown"), book.isOut(id(0)), book.isOut("here")]).toEqual([true, true, false]);
    await book.settled();
    expect((await load()).isOut(id(0))).toBe(true);
  });

  it.each(["", "{", "null", '{"v":2,"ids":[]}', '{"v":1,"ids":[["a b",1]]}', '{"v":1,"all":"x","ids":[]}'])(
    "that cannot be read (%j) are all there are",
    async (text) => {
      const { load, store } = setUp();
      await store.set(REVOCATIONS_ITEM, text);
      const book = await load();
      expect(book.damaged).toEqual([REVOCATIONS_ITEM]);
      expect(book.isOut("a")).toBe(true);
      expect(await store.get(REVOCATIONS_ITEM)).toBe(text);
    },
  );

  it("are told when they cannot be stored, and are out nevertheless", async () => {
    const { clock, errors } = setUp();
    const failing = { ...memorySecrets(), set: () => Promise.reject(new Error("full")) };
    const book = await loadPlaintextRevocations({
      store: failing,
      clock,
      onStoreError: (error) => errors.push(error),
    });
    book.revoke("a", []);
    await book.settled();
    await expect(book.revokeAll()).rejects.toThrow("full");
    expect(book.isOut("a")).toBe(true);
    expect(errors).toHaveLength(1);
  });
});

import { describe, expect, it } from "vitest";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { loadDevices, MAX_DEVICES } from "../devices/device-registry.ts";
import { memorySecrets } from "../secrets/memory.ts";
import { type SecretStore, SecretsError } from "../secrets/secret-store.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { DECISION_TIMEOUT_MS, MAX_QUESTIONS, PairingDesk, type PairingEvent } from "./pairing-desk.ts";

async function setUp(options: { asks?: boolean; store?: SecretStore } = {}) {
  const clock = fakeClock();
  const devices = await loadDevices({
    store: options.store ?? memorySecrets(),
    clock,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    expiryMs: 1e12,
    clockIsPlausible: () => true,
    onStoreError: () => undefined,
  });
  const events: PairingEvent[] = [];
  const asks = () => options.asks ?? true;
  const desk = new PairingDesk({ devices, clock, asks, event: (event) => events.push(event) });
  const confirm = (extra: { parent?: string; signal?: AbortSignal } = {}) =>
    desk.confirm({
      deviceId: devices.freshId(),
      publicKey: crypto.getRandomValues(new Uint8Array(32)),
      routeTokenHash: encodeBase64Url(crypto.getRandomValues(new Uint8Array(32))),
      name: "Ann\u202e",
      client: "test/1",
      via: "link",
      checkNumber: "1234",
      parent: extra.parent,
      signal: extra.signal ?? new AbortController().signal,
    });
  return { clock, devices, events, desk, confirm };
}

describe("who wants in", () => {
  it("is stored without a question when the owner wants none", async () => {
    const { confirm, devices, events } = await setUp({ asks: false });
    expect(await confirm()).toMatchObject({ name: "Ann" });
    expect(devices.list()).toHaveLength(1);
    expect(events).toMatchObject([{ kind: "paired", checkNumber: "1234" }]);
  });

  it("is told with what became of the question", async () => {
    const { confirm, desk, clock, events } = await setUp();
    const gone = new AbortController();
    const pairings = [confirm(), confirm(), confirm({ signal: gone.signal }), confirm()];
    const [yes, no] = desk.questions;
    desk.decide(yes?.id ?? 0, true);
    desk.decide(no?.id ?? 0, false);
    gone.abort();
    clock.advance(DECISION_TIMEOUT_MS);
    await Promise.all(pairings);
    const closed = events.filter((event) => event.kind === "question_closed");
    expect(closed.map(({ answer }) => answer)).toEqual(["allowed", "refused", "left", "late"]);
  });

  it("is turned away when the owner does not answer in time, and not a moment before", async () => {
    const { confirm, clock, desk, devices } = await setUp();
    const pairing = confirm();
    clock.advance(DECISION_TIMEOUT_MS - 1);
    expect(desk.questions).toHaveLength(1);
    clock.advance(1);
    expect(await pairing).toBe("refused");
    expect(desk.questions).toEqual([]);
    expect(devices.list()).toEqual([]);
  });

  it("asks in limited numbers", async () => {
    const { confirm, desk } = await setUp();
    const pairings = Array.from({ length: MAX_QUESTIONS }, () => confirm());
    expect(desk.questions).toHaveLength(MAX_QUESTIONS);
    expect(await confirm()).toBe("busy");
    for (const { id } of desk.questions) desk.decide(id, true);
    expect((await Promise.all(pairings)).every((result) => typeof result === "object")).toBe(true);
  });

  it("is asked for once: a second answer comes too late, and so does one after the client left", async () => {
    const { confirm, desk, devices } = await setUp();
    const gone = new AbortController();
    const pairing = confirm({ signal: gone.signal });
    const [question] = desk.questions;
    gone.abort();
    expect(desk.decide(question?.id ?? 0, true)).toBe(false);
    expect(await pairing).toBe("left");
    const late = confirm({ signal: gone.signal });
    expect(await late).toBe("left");
    expect(devices.list()).toEqual([]);
  });

  it("comes without a question as the child of one that is in, and not when that one has gone", async () => {
    const { confirm, desk, devices } = await setUp();
    const first = confirm();
    desk.decide(desk.questions[0]?.id ?? 0, true);
    const parent = await first;
    if (typeof parent === "string") throw new Error(parent);
    expect(await confirm({ parent: parent.id })).toMatchObject({ parent: parent.id });
    await devices.remove(parent.id).stored;
    expect(await confirm({ parent: parent.id })).toBe("refused");
    expect(devices.list()).toEqual([]);
  });

  it("is told that there is no room, before its owner is asked, and he hears of it", async () => {
    const { confirm, desk, devices, events } = await setUp();
    for (let count = 0; count < MAX_DEVICES; count++) {
      await devices.add(devices.freshId(), {
        publicKey: crypto.getRandomValues(new Uint8Array(32)),
        routeTokenHash: encodeBase64Url(crypto.getRandomValues(new Uint8Array(32))),
        name: "old",
      });
    }
    expect(await confirm()).toBe("full");
    expect(events).toEqual([{ kind: "devices_full", name: "Ann" }]);
    await devices.remove(devices.list()[0]?.id ?? "").stored;
    const pairing = confirm();
    desk.decide(desk.questions[0]?.id ?? 0, true);
    expect(await pairing).toMatchObject({ name: "Ann" });
  });

  it("is not paired when the store does not keep it, and the owner hears why", async () => {
    const failing = {
      ...memorySecrets(),
      set: () => Promise.reject(new SecretsError("store_failed", "the disk is full")),
    };
    const { confirm, devices, events } = await setUp({ asks: false, store: failing });
    expect(await confirm()).toBe("not_stored");
    expect(devices.list()).toEqual([]);
    expect(events).toMatchObject([{ kind: "not_stored", name: "Ann", error: { code: "store_failed" } }]);
  });
});

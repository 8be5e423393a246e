import { describe, expect, it } from "vitest";
import { memoryLinkPair } from "#shared/testing/memory-link.ts";
import { EARLY_FRAME_COST_BYTES, FrameInbox, HANDSHAKE_TIMEOUT_MS, MAX_EARLY_BYTES } from "./frame-inbox.ts";
import { filled, settled } from "./testing/channels.ts";
import { ManualClock } from "./testing/manual-clock.ts";

function open() {
  const [link, far] = memoryLinkPair<Uint8Array>();
  const clock = new ManualClock();
  return { link, far, clock, inbox: new FrameInbox(link, clock, HANDSHAKE_TIMEOUT_MS) };
}

describe("the inbox of a handshake", () => {
  it("hands out frames one at a time, in order, whether they come before or after they are asked for", async () => {
    const { far, inbox } = open();
    far.send(filled(1, 3));
    await settled();
    expect(await inbox.next()).toEqual(filled(1, 3));
    const later = inbox.next();
    far.send(filled(2, 3));
    far.send(filled(3, 3));
    expect(await later).toEqual(filled(2, 3));
    expect(await inbox.next()).toEqual(filled(3, 3));
  });

  it("gives plain bytes for a Buffer", async () => {
    const { far, inbox } = open();
    far.send(Buffer.from("abc"));
    expect(Object.getPrototypeOf(await inbox.next())).toBe(Uint8Array.prototype);
  });

  it("keeps what fits and ends at one frame more, also of empty ones", async () => {
    const count = MAX_EARLY_BYTES / EARLY_FRAME_COST_BYTES;
    for (const size of [0, EARLY_FRAME_COST_BYTES]) {
      const { far, inbox } = open();
      for (let sent = 0; sent < count; sent++) far.send(new Uint8Array(size));
      await settled();
      expect(inbox.failure).toBeUndefined();
      far.send(new Uint8Array(0));
      await settled();
      expect(inbox.failure).toMatchObject({ failure: "protocol", close: { code: 4400 } });
      expect(await inbox.next()).toBe(inbox.failure);
    }
  });

  it("has room again for what has been read", async () => {
    const { far, inbox } = open();
    const most = new Uint8Array(MAX_EARLY_BYTES);
    for (let round = 0; round < 3; round++) {
      far.send(most);
      expect(await inbox.next()).toHaveLength(most.length);
    }
    expect(inbox.failure).toBeUndefined();
  });

  it("hands out what came before the other side closed, and then the close", async () => {
    const { far, inbox } = open();
    far.send(filled(1, 3));
    await settled();
    far.close(4403, "denied");
    await settled();
    expect(await inbox.next()).toEqual(filled(1, 3));
    expect(await inbox.next()).toEqual({
      ok: false,
      failure: "closed",
      close: { code: 4403, reason: "denied" },
    });
  });

  it("keeps the first reason for its end", async () => {
    const { clock, inbox } = open();
    expect(inbox.fail("refused")).toMatchObject({ failure: "refused" });
    clock.advance(HANDSHAKE_TIMEOUT_MS);
    await settled();
    expect(inbox.fail("protocol")).toMatchObject({ failure: "refused" });
    expect(clock.pending).toBe(0);
  });
});

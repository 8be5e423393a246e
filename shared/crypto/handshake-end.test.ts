import { describe, expect, it } from "vitest";
import { HANDSHAKE_TIMEOUT_MS } from "./frame-inbox.ts";
import type { StaticKey } from "./node-identity.ts";
import {
  DEVICE_KEY,
  established,
  filled,
  NODE_PAYLOAD,
  Recorder,
  settled,
  startRun,
} from "./testing/channels.ts";

describe("the deadline of a handshake", () => {
  it("ends it at both ends after ten seconds of silence, and not before", async () => {
    const run = startRun({ kind: "session", tamperClient: () => [] });
    await settled();
    run.clock.advance(HANDSHAKE_TIMEOUT_MS - 1);
    expect(run.clock.pending).toBe(2);
    run.clock.advance(1);
    expect(await run.client).toMatchObject({ ok: false, failure: "timeout", close: { code: 4408 } });
    expect((await run.node).ok).toBe(false);
    expect(run.clock.pending).toBe(0);
  });

  it("also holds while the client still reads HS2", async () => {
    const { run, release } = await heldAtHs2();
    run.clock.advance(HANDSHAKE_TIMEOUT_MS);
    release();
    expect(await run.client).toMatchObject({ ok: false, failure: "timeout" });
  });

  it("goes on at the node until the first valid record", async () => {
    for (const sends of [true, false]) {
      const run = startRun({ kind: "session" });
      const { client, node } = await established(run);
      const heard = Recorder.on(node.channel);
      run.clock.advance(HANDSHAKE_TIMEOUT_MS - 1);
      if (sends) client.channel.send(filled(1));
      await settled();
      expect(heard.closes).toEqual([]);
      run.clock.advance(1);
      await settled();
      expect(heard.closes.map((close) => close.code)).toEqual(sends ? [] : [4408]);
    }
  });
});

/** A session whose client takes its time with the last secret of HS2. */
async function heldAtHs2() {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let uses = 0;
  const deviceKey: StaticKey = {
    publicKey: DEVICE_KEY.publicKey,
    async dh(remotePublic) {
      // First `ss`, for HS1; then `se`.
      uses += 1;
      if (uses === 2) await gate;
      return DEVICE_KEY.dh(remotePublic);
    },
  };
  const run = startRun({ kind: "session", deviceKey });
  await settled();
  expect(uses).toBe(2);
  return { run, release: () => release() };
}

describe("a link that ends", () => {
  it("before HS2 is a failed handshake with what the other side said", async () => {
    const run = startRun({ kind: "session", tamperClient: () => [] });
    run.nodeLink.close(4503, "node offline");
    expect(await run.client).toEqual({
      ok: false,
      failure: "closed",
      close: { code: 4503, reason: "node offline" },
    });
  });

  it("right after HS2 and a last record still delivers both", async () => {
    const run = startRun({ kind: "session" });
    void run.node.then((accepted) => {
      if (!accepted.ok) return;
      accepted.channel.send(new TextEncoder().encode("denied"));
      accepted.channel.close(4403, "denied");
    });
    const { client } = await established(run);
    await settled();
    const heard = Recorder.on(client.channel);
    expect(heard.messages).toEqual([new TextEncoder().encode("denied")]);
    expect(heard.closes).toEqual([{ code: 4403, reason: "denied" }]);
  });

  it("while the client still reads HS2 loses nothing of what came before", async () => {
    const { run, release } = await heldAtHs2();
    const accepted = await run.node;
    if (!accepted.ok) throw new Error("the node refused");
    accepted.channel.send(new TextEncoder().encode("denied"));
    await settled();
    accepted.channel.close(4403, "denied");
    await settled();
    release();
    const client = await run.client;
    if (!client.ok) throw new Error("the client lost the handshake");
    const heard = Recorder.on(client.channel);
    expect(heard.messages).toEqual([new TextEncoder().encode("denied")]);
    expect(heard.closes).toEqual([{ code: 4403, reason: "denied" }]);
  });

  it("while the node still prepares HS2 gives no channel", async () => {
    const hs2Payload = async () => {
      run.clientLink.close(1000, "gone");
      await settled();
      return NODE_PAYLOAD;
    };
    const run = startRun({ kind: "session", hs2Payload });
    expect(await run.node).toMatchObject({
      ok: false,
      failure: "closed",
      close: { code: 1000, reason: "gone" },
    });
    expect(run.nodeLink.sent).toEqual([]);
  });

  it("is closed when the device's key cannot be used", async () => {
    const lost: StaticKey = {
      publicKey: DEVICE_KEY.publicKey,
      dh: () => Promise.reject(new Error("the key store is locked")),
    };
    const run = startRun({ kind: "session", deviceKey: lost });
    await expect(run.client).rejects.toThrow("locked");
    expect(await run.node).toMatchObject({ ok: false, failure: "closed" });
    expect(run.clock.pending).toBe(0);
  });

  it("is closed when the node has nothing to say in HS2, or too much", async () => {
    const failing = startRun({ kind: "session", hs2Payload: () => Promise.reject(new Error("no settings")) });
    await expect(failing.node).rejects.toThrow("no settings");
    expect((await failing.client).ok).toBe(false);
    const most = startRun({ kind: "session", hs2Payload: () => new Uint8Array(4_096) });
    expect((await established(most)).client.payload.length).toBe(4_096);
    const long = startRun({ kind: "session", hs2Payload: () => new Uint8Array(4_097) });
    await expect(long.node).rejects.toThrow("too long");
    expect((await long.client).ok).toBe(false);
  });
});

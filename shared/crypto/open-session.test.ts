import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, it, vi } from "vitest";
import { memoryLinkPair } from "#shared/testing/memory-link.ts";
import { acceptChannel } from "./accept-channel.ts";
import { createCryptoBackend } from "./backend.ts";
import { exchange } from "./client-exchange.ts";
import { FrameInbox, HANDSHAKE_TIMEOUT_MS } from "./frame-inbox.ts";
import { FRAME, type FrameType, MAX_HANDSHAKE_FRAME_BYTES, makeFrame, prologue } from "./frames.ts";
import type { StaticKey } from "./node-identity.ts";
import { Handshake } from "./noise.ts";
import { BACKENDS, NATIVE_BACKEND } from "./testing/backends.ts";
import {
  DEVICE_KEY,
  established,
  filled,
  fixedRandomness,
  flipBit,
  keyOf,
  NODE_KEY,
  NODE_PAYLOAD,
  Recorder,
  settled,
  startRun,
} from "./testing/channels.ts";
import golden from "./testing/golden-frames.json" with { type: "json" };
import { ManualClock } from "./testing/manual-clock.ts";

describe.each(BACKENDS)("a session on the $name backend", ({ backend }) => {
  it("opens with one message each way, and each end knows the other", async () => {
    const run = startRun({ kind: "session", clientBackend: backend, nodeBackend: backend });
    const { client, node } = await established(run);
    expect(run.clientLink.sent.map((frame) => frame[0])).toEqual([FRAME.HS1]);
    expect(run.nodeLink.sent.map((frame) => frame[0])).toEqual([FRAME.HS2]);
    expect(client.payload).toEqual(NODE_PAYLOAD);
    expect(client.nodePublicKey).toEqual(NODE_KEY.publicKey);
    expect(node).toMatchObject({
      kind: "session",
      remoteStatic: DEVICE_KEY.publicKey,
      payload: new Uint8Array(0),
    });
    expect(node.checkNumber).toBe(client.checkNumber);
  });

  it("gives the same frames as ever", async () => {
    const run = startRun({ kind: "session", ...fixedRandomness("session", backend) });
    const { client, node } = await established(run);
    client.channel.send(new TextEncoder().encode("from the client"));
    node.channel.send(new TextEncoder().encode("from the node"));
    expect({
      client: run.clientLink.sent.map(bytesToHex),
      node: run.nodeLink.sent.map(bytesToHex),
      checkNumber: client.checkNumber,
    }).toEqual(golden.session);
  });
});

it("a session opens where there is neither process nor crypto.subtle, against a node that has both", async () => {
  const realProcess = process;
  const { getRandomValues } = globalThis.crypto;
  vi.stubGlobal("crypto", { getRandomValues: getRandomValues.bind(globalThis.crypto) });
  try {
    // Without `process` only while it chooses: the test runner itself cannot go on without for long.
    vi.stubGlobal("process", undefined);
    const clientBackend = createCryptoBackend();
    vi.stubGlobal("process", realProcess);
    expect(new Set(Object.values(clientBackend.chosen))).toEqual(new Set(["noble"]));
    const { client, node } = await established(startRun({ kind: "session", clientBackend }));
    const heard = Recorder.on(node.channel);
    client.channel.send(filled(1));
    await settled();
    expect(heard.messages).toEqual([filled(1)]);
  } finally {
    vi.unstubAllGlobals();
  }
});

describe("a session handshake", () => {
  it("fails when any one bit of HS1 is changed", async () => {
    for (let bit = 0; bit < 97 * 8; bit++) {
      const { client, node } = startRun({ kind: "session", tamperClient: (frame) => [flipBit(frame, bit)] });
      expect((await node).ok, `bit ${bit}`).toBe(false);
      expect(await client).toMatchObject({ ok: false, failure: "closed" });
    }
  });

  it("fails when any one bit of HS2 is changed", async () => {
    for (let bit = 0; bit < (1 + 32 + NODE_PAYLOAD.length + 16) * 8; bit++) {
      const { client } = startRun({ kind: "session", tamperNode: (frame) => [flipBit(frame, bit)] });
      const { ok, failure } = { failure: "none", ...(await client) };
      expect({ ok, failure }, `bit ${bit}`).toEqual({ ok: false, failure: bit < 8 ? "protocol" : "refused" });
    }
  });

  it("fails against another node than the one that was paired with", async () => {
    const { client, node } = startRun({ kind: "session", nodeKey: keyOf(9) });
    expect(await node).toMatchObject({ ok: false, failure: "refused", spentTypedCode: false });
    expect(await client).toMatchObject({ ok: false, failure: "closed", close: { code: 4403 } });
  });

  it("is not answered by who does not hold the node's key", async () => {
    const { client } = startRun({ kind: "session", tamperNode: () => [makeFrame(FRAME.HS2, filled(9, 80))] });
    expect(await client).toMatchObject({ ok: false, failure: "refused" });
  });

  it("refuses low-order points: as the node's key, as either ephemeral", async () => {
    const toNobody = startRun({ kind: "session", nodePublicKey: new Uint8Array(32) });
    expect(await toNobody.client).toMatchObject({ ok: false, failure: "refused" });
    expect(toNobody.clientLink.sent).toEqual([]);
    const zeroed = (frame: Uint8Array) => [
      frame.map((byte, index) => (index >= 1 && index <= 32 ? 0 : byte)),
    ];
    expect((await startRun({ kind: "session", tamperClient: zeroed }).node).ok).toBe(false);
    expect((await startRun({ kind: "session", tamperNode: zeroed }).client).ok).toBe(false);
  });

  it("admits no payload in HS1", async () => {
    const [clientLink, nodeLink] = memoryLinkPair<Uint8Array>();
    const clock = new ManualClock();
    const hs2Payload = vi.fn(() => NODE_PAYLOAD);
    const opening = { kind: "session" } as const;
    const node = acceptChannel({
      link: nodeLink,
      backend: NATIVE_BACKEND,
      clock,
      nodeKey: NODE_KEY,
      opening,
      hs2Payload,
    });
    const inbox = new FrameInbox(clientLink, clock, HANDSHAKE_TIMEOUT_MS);
    const options = { link: clientLink, backend: NATIVE_BACKEND, clock, deviceKey: DEVICE_KEY, inbox };
    const client = exchange(options, {
      type: FRAME.HS1,
      nodePublicKey: NODE_KEY.publicKey,
      payload: filled(1, 1),
    });
    expect(await node).toMatchObject({ ok: false, failure: "protocol" });
    expect((await client).ok).toBe(false);
    expect(hs2Payload).not.toHaveBeenCalled();
  });

  it("admits no frame but HS1 at the node, and none but HS2 at the client", async () => {
    for (let type = 0; type < 256; type++) {
      if (type !== FRAME.HS1) {
        const { node } = startRun({ kind: "session", tamperClient: (frame) => [frame.with(0, type)] });
        expect(await node, `type ${type}`).toMatchObject({
          ok: false,
          failure: "protocol",
          close: { code: 4400 },
        });
      }
      if (type !== FRAME.HS2) {
        const { client } = startRun({ kind: "session", tamperNode: (frame) => [frame.with(0, type)] });
        expect(await client, `type ${type}`).toMatchObject({ ok: false, failure: "protocol" });
      }
    }
  });

  it("does not look at frames longer than a handshake's can be", async () => {
    for (const [length, failure] of [
      [MAX_HANDSHAKE_FRAME_BYTES, "refused"],
      [MAX_HANDSHAKE_FRAME_BYTES + 1, "protocol"],
    ] as const) {
      const junk = (type: FrameType) => () => [makeFrame(type, filled(9, length - 1))];
      const toNode = startRun({ kind: "session", tamperClient: junk(FRAME.HS1) });
      expect(await toNode.node).toMatchObject({ ok: false, failure });
      const toClient = startRun({ kind: "session", tamperNode: junk(FRAME.HS2) });
      expect(await toClient.client).toMatchObject({ ok: false, failure });
    }
  });

  it("ends the channel when HS1 comes twice", async () => {
    const { node } = startRun({ kind: "session", tamperClient: (frame) => [frame, frame] });
    const accepted = await node;
    if (!accepted.ok) throw new Error("the first HS1 was good");
    const heard = Recorder.on(accepted.channel);
    await settled();
    expect(heard.closes).toEqual([{ code: 4400, reason: "unexpected frame" }]);
    expect(accepted.channel.confirmed).toBe(false);
  });

  it("does not confirm who forged HS1 with the node's own key", async () => {
    // Knowing the node's private key is enough to compute both secrets of message 1 in any device's name.
    const victim = DEVICE_KEY.publicKey;
    const forger: StaticKey = { publicKey: victim, dh: () => NODE_KEY.dh(victim) };
    const { client, node, clientLink } = startRun({ kind: "session", deviceKey: forger });
    const accepted = await node;
    if (!accepted.ok) throw new Error("nothing in HS1 can tell a forger");
    expect(accepted.remoteStatic).toEqual(victim);
    const heard = Recorder.on(accepted.channel);
    const confirmed = vi.fn();
    accepted.channel.onConfirmed(confirmed);
    expect((await client).ok).toBe(false);
    clientLink.send(makeFrame(FRAME.RECORD, filled(1, 300)));
    await settled();
    expect(confirmed).not.toHaveBeenCalled();
    expect(accepted.channel.confirmed).toBe(false);
    expect(heard).toMatchObject({ messages: [], closes: [expect.anything()] });
  });

  it("does not confirm a replayed HS1", async () => {
    const recorded = startRun({ kind: "session" });
    await established(recorded);
    const [hs1 = new Uint8Array(0)] = recorded.clientLink.sent;
    const replay = startRun({ kind: "session", tamperClient: () => [hs1] });
    const accepted = await replay.node;
    if (!accepted.ok) throw new Error("a replayed HS1 reads like the first");
    expect((await replay.client).ok).toBe(false);
    expect(accepted.channel.confirmed).toBe(false);
  });

  it("binds the kind: PAIR_QR's message is none of a session's", async () => {
    const handshake = new Handshake({
      backend: NATIVE_BACKEND,
      pattern: "IK",
      role: "initiator",
      prologue: prologue(FRAME.PAIR_QR),
      staticKey: DEVICE_KEY,
      remoteStatic: NODE_KEY.publicKey,
    });
    const message = (await handshake.writeMessage(new Uint8Array(0))) ?? new Uint8Array(0);
    const { node } = startRun({ kind: "session", tamperClient: () => [makeFrame(FRAME.HS1, message)] });
    expect(await node).toMatchObject({ ok: false, failure: "refused" });
  });
});

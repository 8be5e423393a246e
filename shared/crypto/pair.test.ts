import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { memoryLinkPair } from "#shared/testing/memory-link.ts";
import { acceptChannel, type ChannelOpening } from "./accept-channel.ts";
import { HANDSHAKE_TIMEOUT_MS } from "./frame-inbox.ts";
import { FRAME, makeFrame } from "./frames.ts";
import { pairByCode, pairByLink } from "./pair.ts";
import { BACKENDS, NATIVE_BACKEND } from "./testing/backends.ts";
import {
  CLIENT_PAYLOAD,
  CODE,
  DEVICE_KEY,
  established,
  filled,
  fixedRandomness,
  flipBit,
  keyOf,
  LINK_ROUTE,
  LINK_SECRET,
  NODE_KEY,
  NODE_PAYLOAD,
  offerOnce,
  Recorder,
  type RunOptions,
  settled,
  startRun,
} from "./testing/channels.ts";
import golden from "./testing/golden-frames.json" with { type: "json" };
import { ManualClock } from "./testing/manual-clock.ts";

const KINDS = ["link", "code"] as const;
const types = (frames: readonly Uint8Array[]) => frames.map((frame) => frame[0]);

describe.each(BACKENDS)("pairing on the $name backend", ({ backend }) => {
  it.each(KINDS)(
    "by %s gives both ends a channel, each other's key, payload and check number",
    async (kind) => {
      const run = startRun({ kind, clientBackend: backend, nodeBackend: backend });
      const { client, node } = await established(run);
      const pairing = kind === "link" ? [FRAME.PAIR_QR] : [FRAME.CPACE_A, FRAME.PAIR_CODE];
      const answers = kind === "link" ? [FRAME.HS2] : [FRAME.CPACE_B, FRAME.HS2];
      expect([types(run.clientLink.sent), types(run.nodeLink.sent)]).toEqual([pairing, answers]);
      expect(node).toMatchObject({ kind, remoteStatic: DEVICE_KEY.publicKey, payload: CLIENT_PAYLOAD });
      expect(client).toMatchObject({ payload: NODE_PAYLOAD, nodePublicKey: NODE_KEY.publicKey });
      expect(node.checkNumber).toBe(client.checkNumber);

      const heard = Recorder.on(node.channel);
      client.channel.send(filled(1));
      await settled();
      expect(heard.messages).toEqual([filled(1)]);
      expect(node.channel.confirmed).toBe(true);
    },
  );

  it.each(KINDS)("by %s gives the same frames as ever", async (kind) => {
    const run = startRun({ kind, ...fixedRandomness(kind, backend) });
    const { client } = await established(run);
    const frames = { client: run.clientLink.sent.map(bytesToHex), node: run.nodeLink.sent.map(bytesToHex) };
    expect({ ...frames, checkNumber: client.checkNumber }).toEqual(golden[kind]);
  });
});

describe("a link offer", () => {
  it("is consumed by the first valid PAIR_QR, once", async () => {
    const opening = offerOnce("link");
    await established(startRun({ kind: "link", opening }));
    expect(opening.state.taken).toBe(1);
    const second = startRun({ kind: "link", opening });
    expect(await second.node).toMatchObject({ ok: false, failure: "offer_gone", close: { code: 4410 } });
    expect(await second.client).toMatchObject({ ok: false, failure: "closed", close: { code: 4410 } });
  });

  it("is not burnt by junk, by a wrong secret, or by a client that says nothing", async () => {
    const opening = offerOnce("link");
    const junk = startRun({
      kind: "link",
      opening,
      tamperClient: () => [makeFrame(FRAME.PAIR_QR, filled(9, 140))],
    });
    expect(await junk.node).toMatchObject({ ok: false, failure: "refused" });
    const strange = startRun({ kind: "link", opening: { ...opening, secret: () => filled(6, 16) } });
    expect(await strange.node).toMatchObject({ ok: false, failure: "refused" });
    const silent = startRun({ kind: "link", opening, tamperClient: () => [] });
    await settled();
    silent.clock.advance(HANDSHAKE_TIMEOUT_MS);
    expect((await silent.node).ok).toBe(false);
    expect(opening.state.taken).toBe(0);
    await established(startRun({ kind: "link", opening }));
  });

  it("goes to exactly one of many clients that redeem it at once", async () => {
    const opening = offerOnce("link");
    const runs = Array.from({ length: 8 }, () => startRun({ kind: "link", opening }));
    const results = await Promise.all(runs.map((run) => run.node));
    expect(results.filter((result) => result.ok).length).toBe(1);
    expect(results.filter((result) => !result.ok && result.failure === "offer_gone").length).toBe(7);
  });

  it("is not consumed by a client that has left", async () => {
    const opening = offerOnce("link");
    const [clientLink, nodeLink] = memoryLinkPair<Uint8Array>();
    const slowKey = { ...NODE_KEY, dh: (key: Uint8Array) => settled().then(() => NODE_KEY.dh(key)) };
    const common = { backend: NATIVE_BACKEND, clock: new ManualClock() };
    const node = acceptChannel({
      ...common,
      link: nodeLink,
      nodeKey: slowKey,
      opening,
      hs2Payload: () => NODE_PAYLOAD,
    });
    const offer = { route: LINK_ROUTE, nodePublicKey: NODE_KEY.publicKey, secret: LINK_SECRET };
    void pairByLink({ ...common, link: clientLink, deviceKey: DEVICE_KEY, payload: CLIENT_PAYLOAD, offer });
    while (clientLink.sent.length === 0) await Promise.resolve();
    await Promise.resolve();
    clientLink.close(1000, "gone");
    expect(await node).toMatchObject({ ok: false, failure: "closed" });
    expect(opening.state.taken).toBe(0);
  });

  it("is bound to its route and to the node's key", async () => {
    const elsewhere = { ...offerOnce("link"), route: "FEDCBA9876543210" };
    expect(await startRun({ kind: "link", opening: elsewhere }).node).toMatchObject({ failure: "refused" });
    expect(await startRun({ kind: "link", nodeKey: keyOf(9) }).node).toMatchObject({ failure: "refused" });
  });
});

describe("a typed code", () => {
  const wrongCode = (opening: ChannelOpening): RunOptions => ({ kind: "code", opening });

  it("is consumed by the first CPACE_A, before the node answers anything", async () => {
    const opening = offerOnce("code");
    const run = startRun({
      kind: "code",
      opening,
      tamperClient: (frame) => (frame[0] === FRAME.CPACE_A ? [frame] : []),
    });
    await settled();
    expect(opening.state.taken).toBe(1);
    run.clock.advance(HANDSHAKE_TIMEOUT_MS);
    expect(await run.node).toMatchObject({ ok: false, failure: "timeout", spentTypedCode: true });
    const again = startRun({ kind: "code", opening });
    expect(await again.node).toMatchObject({ ok: false, failure: "offer_gone", spentTypedCode: false });
    expect(types(again.nodeLink.sent)).toEqual([]);
  });

  it("that is wrong is refused and spent; the right one on a fresh offer works", async () => {
    const wrong = startRun(wrongCode(offerOnce("code", "0118")));
    expect(await wrong.node).toMatchObject({ ok: false, failure: "refused", spentTypedCode: true });
    expect(await wrong.client).toMatchObject({ ok: false, failure: "closed", close: { code: 4403 } });
    await established(startRun({ kind: "code" }));
  });

  it("goes to exactly one of many clients at once", async () => {
    const opening = offerOnce("code");
    const runs = Array.from({ length: 8 }, () => startRun({ kind: "code", opening }));
    const results = await Promise.all(runs.map((run) => run.node));
    expect(results.filter((result) => result.ok).length).toBe(1);
    expect(results.filter((result) => !result.ok && result.spentTypedCode).length).toBe(0);
  });

  it("is not spent by anything that is no CPACE_A", async () => {
    const opening = offerOnce("code");
    for (const frame of [
      makeFrame(FRAME.CPACE_A, filled(1, 47)),
      makeFrame(FRAME.CPACE_A, filled(1, 49)),
      makeFrame(FRAME.PAIR_CODE, filled(1, 48)),
      new Uint8Array(0),
    ]) {
      const run = startRun({ kind: "code", opening, tamperClient: () => [frame] });
      expect(await run.node).toMatchObject({ ok: false, failure: "protocol", spentTypedCode: false });
    }
    expect(opening.state.taken).toBe(0);
  });

  it("is refused with a share that is invalid or neutral, on either side", async () => {
    const neutral = (from: number) => (frame: Uint8Array) =>
      frame[0] === FRAME.CPACE_A || frame[0] === FRAME.CPACE_B
        ? [frame.slice().fill(0, from, from + 32)]
        : [frame];
    const toNode = startRun({ kind: "code", tamperClient: neutral(17) });
    expect(await toNode.node).toMatchObject({ ok: false, failure: "refused", spentTypedCode: true });
    expect(types(toNode.nodeLink.sent)).toEqual([]);
    const toClient = startRun({ kind: "code", tamperNode: neutral(1) });
    expect(await toClient.client).toMatchObject({ ok: false, failure: "refused" });
    expect(types(toClient.clientLink.sent)).toEqual([FRAME.CPACE_A]);
  });

  it("admits no CPACE_B of another length", async () => {
    for (const change of [
      (frame: Uint8Array) => frame.subarray(0, -1),
      (frame: Uint8Array) => Uint8Array.of(...frame, 0),
    ]) {
      const { client } = startRun({ kind: "code", tamperNode: (frame) => [change(frame)] });
      expect(await client).toMatchObject({ ok: false, failure: "protocol" });
    }
  });

  it("is refused when the relay puts another node's key into CPACE_B", async () => {
    const swap = (frame: Uint8Array) =>
      frame[0] === FRAME.CPACE_B ? [Uint8Array.of(...frame.subarray(0, 33), ...keyOf(9).publicKey)] : [frame];
    const { client, node } = startRun({ kind: "code", tamperNode: swap });
    expect(await node).toMatchObject({ ok: false, failure: "refused", spentTypedCode: true });
    expect((await client).ok).toBe(false);
  });

  it("is bound to its route", async () => {
    const elsewhere = { ...offerOnce("code"), route: "K7QY" };
    expect(await startRun({ kind: "code", opening: elsewhere }).node).toMatchObject({ failure: "refused" });
  });

  it("is not sent in any frame", async () => {
    const run = startRun({ kind: "code" });
    await established(run);
    const text = [...run.clientLink.sent, ...run.nodeLink.sent]
      .map((frame) => String.fromCharCode(...frame))
      .join("");
    expect(text).not.toContain(CODE.secret);
  });
});

describe.each(KINDS)("pairing by %s", (kind) => {
  /** Every bit; where PAIR_CODE and HS2 repeat what PAIR_QR and HS2 have shown, one in each byte. */
  const bits = (frame: Uint8Array) => {
    const all = Array.from({ length: frame.length * 8 }, (_, bit) => bit);
    const repeats = kind === "code" && (frame[0] === FRAME.PAIR_CODE || frame[0] === FRAME.HS2);
    return repeats ? all.filter((bit) => bit % 8 === (bit >> 3) % 8) : all;
  };

  it("fails when a bit of any frame is changed", async () => {
    const model = startRun({ kind });
    await established(model);
    for (const [side, sent] of [
      ["tamperClient", model.clientLink.sent],
      ["tamperNode", model.nodeLink.sent],
    ] as const) {
      for (const [index, frame] of sent.entries()) {
        for (const bit of bits(frame)) {
          const change = (candidate: Uint8Array, at: number) => [
            at === index ? flipBit(candidate, bit) : candidate,
          ];
          const run = startRun({ kind, [side]: change });
          expect((await run.client).ok, `${side} ${index}, bit ${bit}`).toBe(false);
        }
      }
    }
  }, 180_000);

  it("admits no frame of another type at any step", async () => {
    const steps = kind === "link" ? 1 : 2;
    for (let step = 0; step < steps; step++) {
      for (const type of [...Object.values(FRAME), 0x00, 0x07, 0x0f, 0x11, 0x80, 0xff]) {
        const change = (frame: Uint8Array, index: number) => [index === step ? frame.with(0, type) : frame];
        const toNode = startRun({ kind, tamperClient: change });
        const isRight = type === (kind === "link" ? FRAME.PAIR_QR : [FRAME.CPACE_A, FRAME.PAIR_CODE][step]);
        if (isRight) continue;
        expect(await toNode.node, `type ${type}`).toMatchObject({ ok: false, failure: "protocol" });
        const isAnswer = type === (kind === "link" ? FRAME.HS2 : [FRAME.CPACE_B, FRAME.HS2][step]);
        if (isAnswer) continue;
        const toClient = startRun({ kind, tamperNode: change });
        expect(await toClient.client, `type ${type}`).toMatchObject({ ok: false, failure: "protocol" });
      }
    }
  });

  it("carries a payload of 4,096 bytes and no longer one", async () => {
    const pairWith = (length: number) => {
      const [clientLink, nodeLink] = memoryLinkPair<Uint8Array>();
      const common = { backend: NATIVE_BACKEND, clock: new ManualClock() };
      const opening = kind === "link" ? offerOnce("link") : offerOnce("code");
      const hs2Payload = () => NODE_PAYLOAD;
      const node = acceptChannel({ ...common, link: nodeLink, nodeKey: NODE_KEY, opening, hs2Payload });
      const client = { ...common, link: clientLink, deviceKey: DEVICE_KEY, payload: new Uint8Array(length) };
      const offer = { route: LINK_ROUTE, nodePublicKey: NODE_KEY.publicKey, secret: LINK_SECRET };
      return {
        node,
        client: kind === "link" ? pairByLink({ ...client, offer }) : pairByCode({ ...client, code: CODE }),
      };
    };
    expect(await pairWith(4_096).node).toMatchObject({ ok: true, payload: new Uint8Array(4_096) });
    const long = pairWith(4_097);
    await expect(long.client).rejects.toThrow("too long");
    expect(await long.node).toMatchObject({ ok: false, failure: "closed" });
  });

  it("is not possible for a session, nor a session on an offer", async () => {
    const asSession = startRun({ kind, opening: { kind: "session" } });
    expect(await asSession.node).toMatchObject({ ok: false, failure: "protocol" });
    const onOffer = startRun({
      kind: "session",
      opening: kind === "link" ? offerOnce("link") : offerOnce("code"),
    });
    expect(await onOffer.node).toMatchObject({ ok: false, failure: "protocol" });
  });
});

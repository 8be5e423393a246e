import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeProof } from "#shared/protocol/v2/relay-messages.ts";
import { challengeNode, startNodeAuthentication } from "./node-auth.ts";
import { nodeIdFromPublicKey, staticKeyFromPrivate } from "./node-identity.ts";
import { Handshake } from "./noise.ts";
import { BACKENDS, NATIVE_BACKEND, withRandomness } from "./testing/backends.ts";

const filled = (byte: number) => new Uint8Array(32).fill(byte);
const proof: NodeProof = {
  host: "relay.example:443",
  agent: "ora/1.0",
  epoch: 1_700_000_000_000,
  enroll: "s3cret",
};
const nodeKey = staticKeyFromPrivate(NATIVE_BACKEND.x25519, filled(1));
const nodeId = nodeIdFromPublicKey(nodeKey.publicKey);

async function begin(options: { backend?: typeof NATIVE_BACKEND; key?: typeof nodeKey } = {}) {
  const backend = options.backend ?? NATIVE_BACKEND;
  const node = await startNodeAuthentication({ backend, nodeKey: options.key ?? nodeKey });
  const relay = await challengeNode({ backend, nodeId, hello: node.hello });
  if (relay === undefined) throw new Error("the relay refused the hello");
  return { node, relay };
}

describe.each(BACKENDS)("node authentication on the $name backend", ({ backend }) => {
  it("tells the relay what the node says of itself", async () => {
    const { node, relay } = await begin({ backend });
    const auth = await node.answer(relay.challenge, proof);
    expect(relay.verify(auth ?? new Uint8Array(0))).toEqual(proof);
  });

  it("gives the same bytes as ever", async () => {
    const script = withRandomness(backend, filled(3), filled(4));
    const { node, relay } = await begin({ backend: script });
    const auth = await node.answer(relay.challenge, {
      host: "relay.example:443",
      agent: "ora/1.0",
      epoch: 5,
    });
    const bytes = [node.hello, relay.challenge, auth ?? new Uint8Array(0)].map(bytesToHex);
    expect(bytes).toMatchInlineSnapshot(`
      [
        "5dfedd3b6bd47f6fa28ee15d969d5bb0ea53774d488bdaf9df1c6e0124b3ef22",
        "ac01b2209e86354fb853237b5de0f4fab13c7fcbf433a61c019369617fecf10ba54bfaa5f9d3ab75d31e79c4df429938",
        "a2b7cbb20edf1096a242b116c1fa6791efec39ae84246dd1c5dd7585e30d826b2ac76770f5a935716e2405d771592eaaadbb07de0c27f377b6d5bfb4970e1932f7cbc9cc6560834e",
      ]
    `);
  });
});

describe("node authentication", () => {
  it("fails for a node that does not hold the key of the id it claims", async () => {
    const { node, relay } = await begin({ key: staticKeyFromPrivate(NATIVE_BACKEND.x25519, filled(2)) });
    expect(await node.answer(relay.challenge, proof)).toBeUndefined();
  });

  it("is not made by who made up the challenge's answer without the key", async () => {
    const { relay } = await begin();
    expect(relay.verify(filled(7))).toBeUndefined();
  });

  it("fails for any changed bit of the challenge and of the proof", async () => {
    const { node, relay } = await begin();
    const auth = (await node.answer(relay.challenge, proof)) ?? new Uint8Array(0);
    for (let index = 0; index < relay.challenge.length; index++) {
      const fresh = await begin();
      const changed = fresh.relay.challenge.with(
        index,
        (fresh.relay.challenge.at(index) ?? 0) ^ (1 << (index % 8)),
      );
      expect(await fresh.node.answer(changed, proof), `byte ${index}`).toBeUndefined();
    }
    for (let index = 0; index < auth.length; index++) {
      const fresh = await begin();
      const own = (await fresh.node.answer(fresh.relay.challenge, proof)) ?? new Uint8Array(0);
      const changed = own.with(index, (own.at(index) ?? 0) ^ (1 << (index % 8)));
      expect(fresh.relay.verify(changed), `byte ${index}`).toBeUndefined();
    }
  });

  it("does not accept an earlier proof again: the challenge is fresh", async () => {
    const first = await begin();
    const auth = (await first.node.answer(first.relay.challenge, proof)) ?? new Uint8Array(0);
    const replayed = await challengeNode({ backend: NATIVE_BACKEND, nodeId, hello: first.node.hello });
    expect(replayed?.verify(auth)).toBeUndefined();
    expect(first.relay.verify(auth)).toEqual(proof);
    expect(first.relay.verify(auth)).toBeUndefined();
  });

  it("refuses ids and hellos that are none, and low-order points as either", async () => {
    const { hello } = await startNodeAuthentication({ backend: NATIVE_BACKEND, nodeKey });
    const challenge = (id: string, bytes: Uint8Array) =>
      challengeNode({ backend: NATIVE_BACKEND, nodeId: id, hello: bytes });
    expect(await challenge(nodeId.toUpperCase(), hello)).toBeUndefined();
    expect(await challenge(nodeIdFromPublicKey(new Uint8Array(32)), hello)).toBeUndefined();
    expect(await challenge(nodeId, new Uint8Array(32))).toBeUndefined();
    expect(await challenge(nodeId, hello.subarray(1))).toBeUndefined();
  });

  it("refuses an authentic proof that is not of the protocol", async () => {
    const texts = [
      utf8ToBytes("{}"),
      utf8ToBytes("null"),
      utf8ToBytes('{"host":1}'),
      Uint8Array.of(0xff),
      utf8ToBytes('{"host":"?","epoch":1}').map((byte) => (byte === 63 ? 0xff : byte)),
      filled(0),
    ];
    for (const text of texts) {
      const handshake = new Handshake({
        backend: NATIVE_BACKEND,
        pattern: "KN",
        role: "initiator",
        prologue: utf8ToBytes("ora/2 node-auth"),
        staticKey: nodeKey,
      });
      const hello = (await handshake.writeMessage(new Uint8Array(0))) ?? new Uint8Array(0);
      const relay = await challengeNode({ backend: NATIVE_BACKEND, nodeId, hello });
      await handshake.readMessage(relay?.challenge ?? new Uint8Array(0));
      const sealed = new Uint8Array(text.length + 16);
      handshake.split().send.seal(text, sealed);
      expect(relay?.verify(sealed)).toBeUndefined();
    }
  });

  it("survives anything instead of the hello, the challenge and the proof", async () => {
    const bytes = fc.uint8Array({ maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(bytes, bytes, bytes, async (hello, challenge, auth) => {
        const { node, relay } = await begin();
        const strange = await challengeNode({ backend: NATIVE_BACKEND, nodeId, hello });
        expect(strange?.verify(auth)).toBeUndefined();
        expect(await node.answer(challenge, proof)).toBeUndefined();
        expect(relay.verify(auth)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});

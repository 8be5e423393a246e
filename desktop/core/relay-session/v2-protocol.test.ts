import { describe, expect, it } from "vitest";
import { createCryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { challengeNode, type NodeChallenge } from "#shared/crypto/node-auth.ts";
import { nodeIdFromPublicKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import type { NodeProof } from "#shared/protocol/v2/relay-messages.ts";
import { memoryLinkPair } from "#shared/testing/memory-link.ts";
import type { ChannelHost } from "../channels/channel-host.ts";
import type { Outage } from "../connector/outage.ts";
import type { Frame } from "../connector/relay-link.ts";
import { OfferBook } from "../pairing/offer-book.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { v2Protocol } from "./v2-protocol.ts";
import { MAX_ERRORS_AT_ONCE, type SessionEvent } from "./v2-session.ts";

const backend = createCryptoBackend();
const nodeKey = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));
const nodeId = nodeIdFromPublicKey(nodeKey.publicKey);
const WELCOME = JSON.stringify({ type: "welcome", v: 2, now: 0, limits: {} });

/** A connection whose other end is the test. */
function connect(relayUrl: string, enrollKey?: string) {
  const clock = fakeClock();
  const events: SessionEvent[] = [];
  const unused = () => {
    throw new Error("no channel is opened here");
  };
  const protocol = v2Protocol({
    backend,
    clock,
    nodeKey,
    relayUrl: new URL(relayUrl),
    enrollKey,
    maxMessageBytes: 0,
    offers: new OfferBook({
      clock,
      randomBytes: backend.randomBytes,
      sha256: backend.sha256,
      ttlMs: 120_000,
      plaintext: { allowed: () => false },
      changed: () => undefined,
    }),
    channels: { open: unused } as unknown as ChannelHost,
    sessions: () => [],
    plaintext: {
      request: unused,
      opened: () => false,
      closed: () => undefined,
      disconnected: () => undefined,
    },
    allowsPlaintext: () => false,
    event: (event) => events.push(event),
  });
  const [node, relay] = memoryLinkPair<Frame>();
  const outages: Outage[] = [];
  const state = { proof: undefined as NodeProof | undefined, online: false };
  let challenge: NodeChallenge | undefined;
  relay.listen({
    async message(frame) {
      const message = JSON.parse(String(frame)) as { type: string; noise: string };
      const noise = decodeBase64Url(message.noise ?? "") ?? new Uint8Array();
      if (message.type === "node_hello") {
        challenge = await challengeNode({ backend, nodeId, hello: noise });
        relay.send(
          JSON.stringify({ type: "node_challenge", noise: encodeBase64Url(challenge?.challenge ?? noise) }),
        );
      } else if (message.type === "node_auth") {
        state.proof = challenge?.verify(noise);
        relay.send('{"type":"node_ready"}');
      } else if (message.type === "register") {
        relay.send('{"type":"registered","rejected":[]}');
      }
    },
    drained: () => undefined,
    closed: () => undefined,
  });
  protocol.start({
    link: Object.assign(node, {
      sendText: (text: string | Uint8Array) => node.send(text),
      lendFrame: (bytes: number) => new Uint8Array(bytes),
    }),
    online: () => {
      state.online = true;
    },
    fail: (outage) => outages.push(outage),
  });
  return { clock, protocol, node, relay, outages, state, events };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe("a connection in protocol 2", () => {
  it("dials without id or token in the URL, under the relay's base path", () => {
    const { protocol } = connect("wss://relay.example/base");
    expect(protocol.address.href).toBe("wss://relay.example/base/ws/node");
    expect(protocol.subprotocols).toEqual(["ora.v2"]);
  });

  it.each([
    ["wss://relay.example", "key"],
    ["ws://127.0.0.1:9010", "key"],
    ["ws://[::1]:9010", "key"],
    ["ws://relay.example", undefined],
    ["ws://192.168.1.2:9010", undefined],
    ["ws://localhost.example:9010", undefined],
  ])("to %s proves itself for that host, with the enrolment key %s", async (url, sent) => {
    const { relay, state, protocol } = connect(url, "key");
    relay.send(WELCOME);
    await turns();
    expect(state.online).toBe(true);
    const { host, port, protocol: scheme } = new URL(url);
    expect(state.proof?.host).toBe(port === "" ? `${host}:${scheme === "wss:" ? 443 : 80}` : host);
    expect(state.proof?.enroll).toBe(sent);
    expect(protocol.withholdsEnrollKey).toBe(sent === undefined);
  });

  it("sends nothing before welcome, and gives up after ten seconds", async () => {
    const { node, clock, outages } = connect("wss://relay.example");
    clock.advance(9_999);
    await turns();
    expect(node.sent).toEqual([]);
    expect(outages).toEqual([]);
    clock.advance(1);
    expect(outages).toEqual([{ code: "relay_too_old" }]);
    expect(node.sent).toEqual([]);
  });

  it.each([
    '{"type":"ping"}',
    "hello",
    '{"type":"welcome","v":3}',
    '{"type":"node_challenge","noise":"AAAA"}',
  ])("to a relay whose first word is %s sends nothing", async (word) => {
    const { node, relay, outages } = connect("wss://relay.example");
    relay.send(word);
    await turns();
    expect(node.sent).toEqual([]);
    expect(outages[0]).toEqual({ code: "relay_too_old" });
  });

  it("says what a relay refuses it for", async () => {
    const { relay, outages } = connect("wss://relay.example");
    relay.send(WELCOME);
    relay.send('{"type":"error","code":"enrolment_refused"}');
    await turns();
    expect(outages).toEqual([{ code: "relay_refused", detail: "enrolment_refused" }]);
  });

  it("tells of a relay's errors, and of one that says them without end no more than now and then", async () => {
    const { relay, events, clock } = connect("wss://relay.example");
    const told = () => events.filter(({ kind }) => kind === "relay_error").length;
    relay.send(WELCOME);
    const complain = async (times: number) => {
      for (let i = 0; i < times; i += 1) relay.send(`{"type":"error","code":"e${i}"}`);
      await turns();
    };
    await complain(MAX_ERRORS_AT_ONCE);
    expect(told()).toBe(MAX_ERRORS_AT_ONCE);
    await complain(1_000);
    expect(told()).toBe(MAX_ERRORS_AT_ONCE);
    clock.advance(5_000);
    await complain(1_000);
    expect(told()).toBe(MAX_ERRORS_AT_ONCE + 1);
  });

  it("does not answer a challenge that nobody with its hello made", async () => {
    const { relay, node, outages } = connect("wss://relay.example");
    relay.tamper = (frame) =>
      typeof frame === "string" && frame.includes("node_challenge")
        ? [JSON.stringify({ type: "node_challenge", noise: encodeBase64Url(backend.randomBytes(48)) })]
        : [frame];
    relay.send(WELCOME);
    await turns();
    expect(outages).toEqual([{ code: "relay_refused", detail: "bad_challenge" }]);
    expect(node.sent.map((frame) => (JSON.parse(String(frame)) as { type: string }).type)).toEqual([
      "node_hello",
    ]);
  });

  it("drops frames for channels before it is online", async () => {
    const { relay, state } = connect("wss://relay.example");
    relay.send(new Uint8Array([0, 0, 0, 1, 1]));
    relay.send(WELCOME);
    relay.send('{"type":"channel_open","channel":1,"via":"session","device":"x","peer":""}');
    await turns();
    expect(state.online).toBe(true);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBase32 } from "#shared/protocol/base32.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { decodeClientToRelay } from "./decode-from-client.ts";
import { decodeNodeProof, decodeNodeToRelay } from "./decode-from-node.ts";
import { decodeRelayToClient, decodeRelayToNode } from "./decode-from-relay.ts";
import {
  CHANNEL_BUFFER_BYTES,
  MAX_AUTH_NOISE_BYTES,
  MAX_CHANNEL,
  MAX_NODE_CONTROL_BYTES,
  MAX_OFFERS_PER_NODE,
  MAX_SESSIONS_PER_NODE,
} from "./limits.ts";
import type { NodeToRelay, Open, RelayToClient, RelayToNode } from "./relay-messages.ts";

const hash = encodeBase64Url(new Uint8Array(32).fill(7));
const token = encodeBase64Url(new Uint8Array(32).fill(9));
const node_id = encodeBase32(new Uint8Array(32).fill(3));
const noise = encodeBase64Url(new Uint8Array(48).fill(1));
const route = "0123456789ABCDEF";
const session = { hash, device: "phone_1-x", ttl: 60 };

const fromNode: NodeToRelay[] = [
  { type: "node_hello", node_id, noise },
  { type: "node_auth", noise },
  { type: "register", sessions: [session], offers: [{ route, ttl: 1 }], codes: [{ hash, ttl: 2 }] },
  { type: "offer", route: "K7QX", ttl: 120 },
  { type: "offer_remove", route },
  { type: "code", hash, ttl: 30 },
  { type: "code_remove", hash },
  { type: "sessions", add: [session], remove: ["d"] },
  { type: "channel_close", channel: 1 },
  { type: "channel_close", channel: MAX_CHANNEL, code: 4403 },
  { type: "session_revoke", id: "abc" },
];

const toNode: RelayToNode[] = [
  { type: "welcome", v: 2, now: 5, public_url: "https://relay.example", limits: { channel_buffer: 1_000 } },
  { type: "node_challenge", noise },
  { type: "node_ready" },
  {
    type: "registered",
    rejected: [
      { route, error: "route_taken" },
      { hash, error: "code_in_use" },
    ],
  },
  { type: "offered", route },
  { type: "offered", hash, error: "code_in_use" },
  { type: "channel_open", channel: 1, peer: "::1", via: "session", device: "d" },
  { type: "channel_open", channel: 2, peer: "10.0.0.1", via: "offer", route: "K7QX" },
  { type: "channel_closed", channel: 1 },
  { type: "offer_exposed", route: "K7QX" },
  { type: "session_opened", id: "s", ttl: 10, peer: "::1", code: hash },
  { type: "session_closed", id: "s" },
  { type: "error", code: "denied", retry_ms: 100 },
];

const toClient: RelayToClient[] = [
  { type: "welcome", v: 2, now: 5, limits: { channel_buffer: CHANNEL_BUFFER_BYTES } },
  { type: "opened" },
  { type: "error", code: "node_offline", retry_ms: 500 },
];

const fromClient: Open[] = [
  { type: "open", node_id, token },
  { type: "open", route: "K7QX" },
];

describe("a control message", () => {
  it("comes out of its decoder as it went in, unknown fields dropped", () => {
    const cases: [object[], (text: string) => object][] = [
      [fromNode, decodeNodeToRelay],
      [toNode, decodeRelayToNode],
      [toClient, decodeRelayToClient],
      [fromClient, decodeClientToRelay],
    ];
    for (const [messages, decode] of cases) {
      for (const message of messages) {
        expect(decode(JSON.stringify({ ...message, unheard_of: [1] }))).toEqual(message);
      }
    }
  });

  it("with any one field broken is refused as a whole", () => {
    for (const message of fromNode) {
      for (const field of Object.keys(message).filter((name) => name !== "type")) {
        const decoded = decodeNodeToRelay(JSON.stringify({ ...message, [field]: { no: 1 } }));
        expect(decoded, `${message.type}.${field}`).toEqual({ type: "invalid", error: "bad_message" });
      }
    }
  });

  it("is named when it is no JSON, no object or of no known type", () => {
    for (const decode of [decodeNodeToRelay, decodeRelayToNode, decodeRelayToClient, decodeClientToRelay]) {
      expect(decode("{")).toEqual({ type: "invalid", error: "invalid_json" });
      expect(decode("[]")).toEqual({ type: "invalid", error: "invalid_json" });
      for (const text of ["{}", '{"type":7}', '{"type":"constructor"}']) {
        expect(decode(text)).toEqual({ type: "invalid", error: "unknown_message_type" });
      }
    }
  });

  it("survives any text", () => {
    const types = [...fromNode, ...toNode, ...toClient, ...fromClient].map((message) => message.type);
    const names = [
      "id",
      "hash",
      "route",
      "ttl",
      "sessions",
      "offers",
      "codes",
      "add",
      "remove",
      "channel",
      "via",
    ];
    const nearly = fc
      .record({
        type: fc.constantFrom(...types),
        rest: fc.dictionary(fc.constantFrom(...names), fc.jsonValue()),
      })
      .map(({ type, rest }) => JSON.stringify({ ...rest, type }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), nearly), (text) => {
        expect(typeof decodeNodeToRelay(text).type).toBe("string");
        expect(typeof decodeRelayToNode(text).type).toBe("string");
        expect(typeof decodeRelayToClient(text).type).toBe("string");
        expect(typeof decodeClientToRelay(text).type).toBe("string");
        decodeNodeProof(text);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the fields of a control message", () => {
  const register = (fields: object) =>
    decodeNodeToRelay(JSON.stringify({ type: "register", ...fields })).type;

  it("hold as many entries as the limits say and not one more", () => {
    const sessions = (count: number) => Array.from({ length: count }, () => session);
    const offers = (count: number) => Array.from({ length: count }, () => ({ route, ttl: 1 }));
    expect(register({})).toBe("register");
    expect(register({ sessions: sessions(MAX_SESSIONS_PER_NODE) })).toBe("register");
    expect(register({ sessions: sessions(MAX_SESSIONS_PER_NODE + 1) })).toBe("invalid");
    expect(register({ offers: offers(MAX_OFFERS_PER_NODE) })).toBe("register");
    expect(register({ offers: offers(MAX_OFFERS_PER_NODE + 1) })).toBe("invalid");
  });

  it("let the largest register pass the size limit of a control message", () => {
    const full = {
      type: "register",
      sessions: Array.from({ length: MAX_SESSIONS_PER_NODE }, () => ({
        hash,
        device: "d".repeat(64),
        ttl: 0x7fff_ffff,
      })),
      offers: Array.from({ length: MAX_OFFERS_PER_NODE }, () => ({ route, ttl: 0x7fff_ffff })),
      codes: Array.from({ length: MAX_OFFERS_PER_NODE }, () => ({ hash, ttl: 0x7fff_ffff })),
    };
    expect(JSON.stringify(full).length).toBeLessThan(MAX_NODE_CONTROL_BYTES);
  });

  it("accept one spelling of every id, hash, token, noise and route", () => {
    const ok = (message: object) => decodeNodeToRelay(JSON.stringify(message)).type !== "invalid";
    const hello = (id: string, text = noise) => ok({ type: "node_hello", node_id: id, noise: text });
    expect(hello(node_id)).toBe(true);
    for (const id of [node_id.toUpperCase(), `${node_id}a`, node_id.slice(1), `${node_id.slice(0, 51)}b`]) {
      expect(hello(id), id).toBe(false);
    }
    const longest = encodeBase64Url(new Uint8Array(MAX_AUTH_NOISE_BYTES));
    expect(hello(node_id, longest)).toBe(true);
    expect(hello(node_id, encodeBase64Url(new Uint8Array(MAX_AUTH_NOISE_BYTES + 1)))).toBe(false);
    for (const text of [`${noise}=`, "+w", "Zh"]) expect(hello(node_id, text), text).toBe(false);
    for (const text of [hash.slice(1), `${hash}A`, `${hash.slice(0, 42)}d`]) {
      expect(ok({ type: "code_remove", hash: text }), text).toBe(false);
    }
    for (const text of ["k7qx", "K7Q", "K7QO", "0123456789abcdef"]) {
      expect(ok({ type: "offer_remove", route: text }), text).toBe(false);
    }
  });

  it("keep numbers within what they may be", () => {
    const offer = (ttl: unknown) =>
      decodeNodeToRelay(JSON.stringify({ type: "offer", route: "K7QX", ttl })).type;
    expect(offer(1)).toBe("offer");
    for (const ttl of [0, -1, 1.5, "60", 0x8000_0000, null]) expect(offer(ttl), String(ttl)).toBe("invalid");
    const close = (fields: object) =>
      decodeNodeToRelay(JSON.stringify({ type: "channel_close", ...fields })).type;
    for (const channel of [0, MAX_CHANNEL + 1, -1, 1.5]) expect(close({ channel })).toBe("invalid");
    for (const code of [1000, 4400, 4599]) expect(close({ channel: 1, code })).toBe("channel_close");
    for (const code of [999, 1006, 4399, 4600]) expect(close({ channel: 1, code })).toBe("invalid");
  });
});

describe("opening", () => {
  it("goes by token or by route, never by both", () => {
    expect(decodeClientToRelay(JSON.stringify({ type: "open", route: "K7QX", node_id, token }))).toEqual({
      type: "invalid",
      error: "bad_message",
    });
    for (const open of [{ node_id }, { token }, { node_id, token: token.slice(1) }, { route: "" }]) {
      expect(decodeClientToRelay(JSON.stringify({ type: "open", ...open })).type).toBe("invalid");
    }
  });
});

describe("a relay", () => {
  it("cannot raise the bound on what is under way, nor make anyone show its own words", () => {
    const welcome = (fields: object) =>
      decodeRelayToClient(JSON.stringify({ type: "welcome", v: 2, now: 1, ...fields }));
    const bound = { limits: { channel_buffer: CHANNEL_BUFFER_BYTES } };
    expect(welcome({ limits: { channel_buffer: 2 ** 40 } })).toMatchObject(bound);
    expect(welcome({ limits: "lots" })).toMatchObject(bound);
    for (const public_url of ["javascript:alert(1)", "wss://relay.example", "https://[", "https://a b", 7]) {
      expect(welcome({ public_url })).not.toHaveProperty("public_url");
      expect(welcome({ public_url })).toHaveProperty("public_url_unusable", true);
    }
    expect(welcome({ public_url_unusable: true })).not.toHaveProperty("public_url_unusable");
    expect(welcome({ public_url: "https://Relay.example/ora/" })).toMatchObject({
      public_url: "https://relay.example/ora",
    });
    expect(welcome({ v: 3 })).toEqual({ type: "invalid", error: "bad_message" });
    expect(decodeRelayToClient('{"type":"error","code":"<b>\\u001b[2J"}')).toEqual({
      type: "error",
      code: "unknown",
    });
  });

  it("may pass on a v1 request, whose session is told beside it", () => {
    const text = JSON.stringify({ type: "http_proxy", id: "1", method: "GET", path: "/", session: "s1" });
    expect(decodeRelayToNode(text)).toMatchObject({
      type: "v1",
      session: "s1",
      message: { kind: "http_proxy", id: "1" },
    });
    expect(decodeNodeToRelay('{"type":"http_response","id":"1","error":"x"}')).toMatchObject({
      type: "v1",
      message: { kind: "response" },
    });
  });
});

describe("a node's proof", () => {
  const proof = { host: "relay.example:443", agent: "ora/1.0.0", epoch: 1 };

  it("names host and epoch, and carries the enrolment secret only when there is one", () => {
    expect(decodeNodeProof(JSON.stringify({ ...proof, more: 1 }))).toEqual(proof);
    expect(decodeNodeProof(JSON.stringify({ ...proof, enroll: "key" }))).toEqual({ ...proof, enroll: "key" });
  });

  it("is refused without them, or with wrong types", () => {
    for (const bad of [{ host: 7 }, { epoch: -1 }, { epoch: "1" }, { agent: [] }, { enroll: 5 }]) {
      expect(decodeNodeProof(JSON.stringify({ ...proof, ...bad }))).toBeUndefined();
    }
    expect(decodeNodeProof(JSON.stringify({ ...proof, host: "h".repeat(301) }))).toBeUndefined();
    expect(decodeNodeProof("nonsense")).toBeUndefined();
  });
});

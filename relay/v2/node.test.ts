import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { MAX_NODE_CONTROL_BYTES } from "#shared/protocol/v2/limits.ts";
import {
  ENTRIES_PER_WORD,
  MAX_OFFERS,
  NODE_WORDS_BURST,
  NODE_WORDS_PER_SECOND,
  REGISTER_MS,
  V2_NODE_PROBATION,
} from "../limits.ts";
import { RelayHarness } from "../testing/relay-harness.ts";
import {
  b64uSha256,
  device,
  frameFor,
  NodeKey,
  online,
  opened,
  opening,
  proving,
  ready,
  welcomed,
} from "../testing/v2-endpoints.ts";

let relay: RelayHarness;
let key: NodeKey;

beforeEach(async () => {
  relay = await RelayHarness.start();
  key = new NodeKey();
});
afterEach(() => relay.stop());

async function restart(environment: Record<string, string>): Promise<void> {
  await relay.stop();
  relay = await RelayHarness.start(environment);
}

describe("an endpoint that offers ora.v2", () => {
  it("is given it and welcomed, at once and with the limits", async () => {
    for (const path of ["/ws/node", "/ws/client"]) {
      const socket = await relay.socket(path, ["other", "ora.v2"]).opened();
      expect(socket.ws.protocol).toBe("ora.v2");
      expect(await socket.next()).toEqual({
        type: "welcome",
        v: 2,
        now: relay.clock.unixSeconds(),
        limits: { channel_buffer: 8 * 1024 * 1024 },
        // Nodes serve them elsewhere: clients alone have to know where.
        ...(path === "/ws/client" && { apps: `http://*.localhost:${relay.port}` }),
      });
    }
  });

  it("learns the public URL", async () => {
    await restart({ ORA_RELAY_PUBLIC_URL: "https://relay.example" });
    const socket = await relay.socket("/ws/client", ["ora.v2"]).opened();
    expect(await socket.next()).toMatchObject({ public_url: "https://relay.example" });
  });

  it("is told 4426 by a relay that strangers reach and that has no public URL; v1 works there", async () => {
    await restart({ ORA_RELAY_HOST: "0.0.0.0" });
    for (const path of ["/ws/node", "/ws/client"]) {
      const socket = relay.socket(path, ["ora.v2"]);
      expect(await socket.closed).toEqual({ code: 4426, reason: "no_public_url" });
      expect(socket.unread).toBe(0);
    }
    await relay.offering("pc", "deadbeef");
    await restart({ ORA_RELAY_HOST: "0.0.0.0", ORA_RELAY_PUBLIC_URL: "https://relay.example" });
    await welcomed(relay, "client");
  });
});

describe("a node's proof", () => {
  it("of its key makes it ready, and it is online once it has registered", async () => {
    const node = await ready(relay, key);
    expect(await relay.health()).toMatchObject({ nodes: 0 });
    node.send({ type: "register", sessions: [], offers: [], codes: [] });
    expect(await node.next()).toEqual({ type: "registered", rejected: [] });
    expect(await relay.health()).toMatchObject({ nodes: 1 });
  });

  it("of another key than the one its id is, is refused with 4401", async () => {
    const other = await new NodeKey().begin();
    const socket = await welcomed(relay, "node");
    socket.send({ type: "node_hello", node_id: key.id, noise: encodeBase64Url(other.hello) });
    const { noise } = await socket.next();
    expect(noise).toEqual(expect.any(String));
    const forged = encodeBase64Url(new Uint8Array(80));
    expect(await socket.send({ type: "node_auth", noise: forged }).next()).toEqual({
      type: "error",
      code: "node_auth_failed",
    });
    expect(await socket.closed).toEqual({ code: 4401, reason: "node_auth_failed" });
  });

  it("with a hello that is none is refused with 4401", async () => {
    const socket = await welcomed(relay, "node");
    socket.send({ type: "node_hello", node_id: key.id, noise: encodeBase64Url(new Uint8Array(5)) });
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });

  it("counts for any loopback name where the relay knows no other", async () => {
    for (const host of ["localhost:1", "127.1.2.3:80", "[::1]:443"]) {
      expect(await (await proving(relay, key, { host })).next()).toEqual({ type: "node_ready" });
    }
    const elsewhere = await proving(relay, key, { host: "relay.example:443" });
    expect(await elsewhere.closed).toEqual({ code: 4401, reason: "wrong_host" });
  });

  it("meant for another relay does not count here", async () => {
    await restart({ ORA_RELAY_PUBLIC_URL: "https://relay.example" });
    expect(await (await proving(relay, key, { host: "relay.example:443" })).next()).toEqual({
      type: "node_ready",
    });
    for (const host of ["evil.example:443", "relay.example:80", "localhost:443", "relay.example"]) {
      expect(await (await proving(relay, key, { host })).closed, host).toMatchObject({ code: 4401 });
    }
  });

  it("needs the enrolment secret where there is one", async () => {
    await restart({ ORA_RELAY_ENROLL_KEY: "0123456789abcdef" });
    for (const enroll of [{}, { enroll: "0123456789abcdeF" }, { enroll: "" }]) {
      const refused = await proving(relay, key, enroll);
      expect(await refused.closed).toEqual({ code: 4401, reason: "enrolment_refused" });
    }
    const accepted = await proving(relay, key, { enroll: "0123456789abcdef" });
    expect(await accepted.next()).toEqual({ type: "node_ready" });
    expect(relay.logged.join("")).not.toContain("0123456789abcde");
  });

  it("comes in order: anything out of turn ends the socket", async () => {
    const hello = async () => ({
      type: "node_hello",
      node_id: key.id,
      noise: encodeBase64Url((await key.begin()).hello),
    });
    const first: (object | Uint8Array)[] = [
      { type: "node_auth", noise: "" },
      { type: "register" },
      { type: "http_response", id: "1", error: "x" },
      new Uint8Array(10),
    ];
    for (const message of first) {
      const socket = await welcomed(relay, "node");
      expect(await socket.send(message).closed).toMatchObject({ code: 4400 });
    }
    const twice = await welcomed(relay, "node");
    twice.send(await hello()).send(await hello());
    expect(await twice.closed).toMatchObject({ code: 4400 });
  });

  it("must come in time, with few messages and few bytes, whatever else comes", async () => {
    const late = await welcomed(relay, "node");
    relay.clock.jump(V2_NODE_PROBATION.ms - 1);
    expect(await late.send("{").next()).toEqual({ type: "error", code: "invalid_json" });
    relay.clock.jump(1);
    expect(await late.closed).toMatchObject({ code: 4408 });
    const chatty = await welcomed(relay, "node");
    for (let i = 0; i < V2_NODE_PROBATION.messages; i++) await chatty.send("{").next();
    expect(await chatty.send("{").closed).toMatchObject({ code: 1008 });
    const long = await welcomed(relay, "node");
    long.ws.send(Buffer.alloc(V2_NODE_PROBATION.bytes, 0x20), { fin: false, binary: false });
    expect(await long.closed).toMatchObject({ code: 1008 });
  });

  it("may be asked for so often in a minute by one address, and then not", async () => {
    await relay.stop();
    relay = await RelayHarness.start({}, { hellosPerMinute: 2 });
    await ready(relay, key);
    await ready(relay, key);
    await expect(ready(relay, key)).rejects.toThrow();
    relay.clock.jump(60_000);
    await ready(relay, key);
  });

  it("must be followed by register in time", async () => {
    const node = await ready(relay, key);
    relay.clock.jump(REGISTER_MS - 1);
    expect(await node.send({ type: "offer", route: "K7QX", ttl: 9 }).next()).toMatchObject({ type: "error" });
    relay.clock.jump(1);
    expect(await node.closed).toEqual({ code: 4408, reason: "not_registered" });
    const other = await online(relay, key);
    relay.clock.jump(REGISTER_MS);
    expect(await other.send({ type: "register" }).next()).toMatchObject({ type: "registered" });
  });
});

describe("the same node connecting again", () => {
  it("replaces the older socket at once, and the old one's late close takes nothing away", async () => {
    const phone = device("phone");
    const old = await online(relay, key, { sessions: [phone.entry] });
    const client = await opened(relay, { node_id: key.id, token: phone.token });
    const node = await ready(relay, key);
    expect(await old.closed).toEqual({ code: 4409, reason: "replaced" });
    expect(await client.closed).toMatchObject({ code: 4503 });
    const early = await opening(relay, { node_id: key.id, token: phone.token });
    expect(await early.closed).toMatchObject({ code: 4503 });
    await node.send({ type: "register", sessions: [phone.entry] }).next();
    await opened(relay, { node_id: key.id, token: phone.token });
    expect(await relay.health()).toMatchObject({ nodes: 1 });
  });

  it("replaces one that never registered, and one that does not answer", async () => {
    const first = await ready(relay, key);
    const second = await ready(relay, key);
    expect(await first.closed).toMatchObject({ code: 4409 });
    // Whatever number it gives: here the order is known.
    const lower = await proving(relay, key, { epoch: 0 });
    expect(await lower.next()).toEqual({ type: "node_ready" });
    expect(await second.closed).toMatchObject({ code: 4409 });
    lower.ws.pause();
    const third = await online(relay, key);
    expect(await third.send({ type: "register" }).next()).toMatchObject({ type: "registered" });
    expect(await relay.health()).toMatchObject({ nodes: 1 });
  });

  it("five times in a row leaves the last", async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => online(relay, key)));
    const won = attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
    const answers = await Promise.allSettled(won.map((node) => node.send({ type: "register" }).next()));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await relay.health()).toMatchObject({ nodes: 1 });
  });
});

describe("register", () => {
  it("replaces everything: what is not in it any more is gone, and its sockets with it", async () => {
    const [phone, tablet] = [device("phone"), device("tablet")];
    const code = "K7QX0-1ABCD";
    const node = await online(relay, key, {
      sessions: [phone.entry, tablet.entry],
      offers: [{ route: "K7QX", ttl: 60 }],
      codes: [{ hash: b64uSha256(code), ttl: 60 }],
    });
    const client = await opened(relay, { node_id: key.id, token: phone.token });
    const kept = await opened(relay, { node_id: key.id, token: tablet.token });
    expect(await relay.health()).toMatchObject({ pairs: 1 });
    await node.next();
    await node.next();
    node.send({ type: "register", sessions: [tablet.entry], offers: [{ route: "ABCD", ttl: 60 }] });
    expect(await client.closed).toMatchObject({ code: 4403 });
    expect(await (await opening(relay, { node_id: key.id, token: phone.token })).closed).toMatchObject({
      code: 4403,
    });
    expect(await (await opening(relay, { route: "K7QX" })).closed).toMatchObject({ code: 4410 });
    await opened(relay, { route: "ABCD" });
    expect((await relay.pair(code)).status).toBe(403);
    kept.send(new Uint8Array([1]));
    expect(await node.next()).toMatchObject({ type: "registered" });
  });

  it("names what it could not take and takes the rest", async () => {
    const taken = b64uSha256("taken");
    await online(relay, new NodeKey(), {
      offers: [{ route: "K7QX", ttl: 60 }],
      codes: [{ hash: taken, ttl: 60 }],
    });
    const node = await ready(relay, key);
    node.send({
      type: "register",
      offers: [
        { route: "K7QX", ttl: 60 },
        { route: "ABCD", ttl: 60 },
      ],
      codes: [{ hash: taken, ttl: 60 }],
    });
    expect(await node.next()).toEqual({
      type: "registered",
      rejected: [
        { route: "K7QX", error: "route_taken" },
        { hash: taken, error: "code_in_use" },
      ],
    });
    await opened(relay, { route: "ABCD" });
  });

  it("says in each protocol's own words that it has no room for a code", async () => {
    const { offers } = relay.relay.state;
    const options = { ttlMs: 60_000, notify: false, origin: "" };
    for (let count = 0; count < MAX_OFFERS; count++) {
      const digest = Buffer.alloc(32);
      digest.writeUInt32BE(count);
      expect(offers.add(`n${count >> 4}`, digest, options)).toBeUndefined();
    }
    const hash = b64uSha256("one more");
    const node = await ready(relay, key);
    node.send({ type: "register", codes: [{ hash, ttl: 60 }] });
    expect(await node.next()).toEqual({ type: "registered", rejected: [{ hash, error: "relay_full" }] });
    expect(await node.send({ type: "code", hash, ttl: 60 }).next()).toEqual({
      type: "offered",
      hash,
      error: "relay_full",
    });
    const plain = await relay.node("pc");
    expect(await plain.send({ type: "pair_offer", code: "one more" }).next()).toEqual({
      type: "pair_offer_ack",
      ok: false,
      error: "too_many_codes",
    });
  });

  it("tells of nothing that was before: the relay keeps no token of a node that is away", async () => {
    const phone = device("phone");
    const node = await online(relay, key, { sessions: [phone.entry] });
    await node.end();
    const away = await opening(relay, { node_id: key.id, token: phone.token });
    expect(await away.next()).toEqual({ type: "error", code: "node_offline" });
    expect(await away.closed).toMatchObject({ code: 4503 });
    await online(relay, key);
    expect(await (await opening(relay, { node_id: key.id, token: phone.token })).closed).toMatchObject({
      code: 4403,
    });
  });
});

describe("changes after register", () => {
  it("add and remove an offer", async () => {
    const node = await online(relay, key);
    const other = await online(relay, new NodeKey());
    expect(await node.send({ type: "offer", route: "K7QX", ttl: 60 }).next()).toEqual({
      type: "offered",
      route: "K7QX",
    });
    expect(await other.send({ type: "offer", route: "K7QX", ttl: 60 }).next()).toEqual({
      type: "offered",
      route: "K7QX",
      error: "route_taken",
    });
    await (await opened(relay, { route: "K7QX" })).end();
    // Another node cannot take it away.
    other.send({ type: "offer_remove", route: "K7QX" });
    expect(await other.send({ type: "offer", route: "ABCD", ttl: 60 }).next()).toMatchObject({
      route: "ABCD",
    });
    await opened(relay, { route: "K7QX" });
    node.send({ type: "offer_remove", route: "K7QX" });
    expect(await node.next()).toMatchObject({ type: "channel_open" });
    expect(await node.next()).toMatchObject({ type: "channel_closed" });
    expect(await node.next()).toMatchObject({ type: "channel_open" });
    await node.send({ type: "offer", route: "ABCE", ttl: 60 }).next();
    expect(await (await opening(relay, { route: "K7QX" })).closed).toMatchObject({ code: 4410 });
  });

  it("add and remove a plaintext code", async () => {
    const node = await online(relay, key);
    const hash = b64uSha256("K7QX0-1ABCD");
    expect(await node.send({ type: "code", hash, ttl: 60 }).next()).toEqual({ type: "offered", hash });
    node.send({ type: "code_remove", hash });
    await node.send({ type: "offer", route: "K7QX", ttl: 60 }).next();
    expect((await relay.pair("K7QX0-1ABCD")).status).toBe(403);
  });

  it("add a device, and revoke another whose sockets close with 4403", async () => {
    const [phone, tablet] = [device("phone"), device("tablet")];
    const node = await online(relay, key, { sessions: [phone.entry] });
    const clients = [
      await opened(relay, { node_id: key.id, token: phone.token }),
      await opened(relay, { node_id: key.id, token: phone.token }),
    ];
    node.send({ type: "sessions", add: [tablet.entry], remove: ["phone"] });
    for (const client of clients) expect(await client.closed).toEqual({ code: 4403, reason: "revoked" });
    await opened(relay, { node_id: key.id, token: tablet.token });
    expect(await (await opening(relay, { node_id: key.id, token: phone.token })).closed).toMatchObject({
      code: 4403,
    });
  });

  it("may be long, up to the limit, and are refused above it", async () => {
    const node = await online(relay, key);
    const padded = (length: number) => {
      const bare = '{"type":"register","x":""}';
      return bare.replace('""', `"${" ".repeat(length - bare.length)}"`);
    };
    expect(await node.send(padded(MAX_NODE_CONTROL_BYTES)).next()).toMatchObject({ type: "registered" });
    expect(await node.send(padded(MAX_NODE_CONTROL_BYTES + 1)).next()).toEqual({
      type: "error",
      code: "too_big",
    });
  });

  it("that make no sense are named, and the node stays until it is too much", async () => {
    const node = await online(relay, key);
    for (const [message, code] of [
      ["{", "invalid_json"],
      ['{"type":"nonsense"}', "unknown_message_type"],
      ['{"type":"offer","route":"k7qx","ttl":1}', "bad_message"],
      ['{"type":"node_hello"}', "bad_message"],
      ['{"type":"http_response","id":[]}', "bad_message"],
    ] as const) {
      expect(await node.send(message).next(), message).toEqual({ type: "error", code });
    }
    node
      .send(new Uint8Array(0))
      .send(new Uint8Array(4))
      .send(frameFor(7, new Uint8Array(9)));
    expect(await node.send({ type: "register" }).next()).toMatchObject({ type: "registered" });
    for (let i = 0; i < 100; i++) node.send("{");
    expect(await node.closed).toMatchObject({ code: 1008 });
  });
});

describe("a node that has too much to say", () => {
  const word = { type: "channel_close", channel: 9 };
  /** Asks whether it is still listened to, which is a word too. */
  const isHeard = async (node: Awaited<ReturnType<typeof online>>) =>
    (await node.send({ type: "offer", route: "K7QX", ttl: 60 }).next()).type === "offered";

  it("is heard out up to the bound, again as time passes, and is closed beyond it", async () => {
    const node = await online(relay, key);
    // Its register was one, and the offers here are.
    for (let said = 2; said < NODE_WORDS_BURST; said += 1) node.send(word);
    expect(await isHeard(node)).toBe(true);
    relay.clock.advance(1_000);
    for (let said = 2; said < NODE_WORDS_PER_SECOND; said += 1) node.send(word);
    expect(await isHeard(node)).toBe(true);
    node.send(word).send(word);
    expect(await node.closed).toEqual({ code: 4429, reason: "too_many_messages" });
  });

  it("pays for the entries of its messages", async () => {
    const node = await online(relay, key);
    const remove = Array.from({ length: ENTRIES_PER_WORD * 249 }, () => "phone");
    for (let said = 1; said + 250 < NODE_WORDS_BURST; said += 250) node.send({ type: "sessions", remove });
    expect(await isHeard(node)).toBe(true);
    node.send({ type: "sessions", remove });
    expect(await node.closed).toMatchObject({ code: 4429 });
  });
});

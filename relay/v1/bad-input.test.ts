import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  MAX_INVALID_PER_MINUTE,
  V1_NODE_PROBATION,
  V1_OFFERS_BURST,
  V1_OFFERS_PER_SECOND,
} from "../limits.ts";
import type { RawSocket } from "../testing/raw-socket.ts";
import { RelayHarness } from "../testing/relay-harness.ts";

const MAX_MESSAGE = 4_096;
let relay: RelayHarness;
let node: RawSocket;
let client: RawSocket;

beforeEach(async () => {
  relay = await RelayHarness.start({ ORA_RELAY_MAX_MSG_BYTES: String(MAX_MESSAGE) });
  node = await relay.offering("pc", "deadbeef");
  client = await relay.client(await relay.token("deadbeef"));
});
afterEach(() => relay.stop());

/** Either end of the relay, by name. */
const ends: [string, () => RawSocket][] = [
  ["a client", () => client],
  ["a node", () => node],
];

async function stillWorks(): Promise<void> {
  client.send({ type: "http_proxy", id: "after" });
  expect(await node.next()).toMatchObject({ id: "after" });
  node.send({ type: "http_response", id: "after", status: 204, headers: {}, body_b64: "" });
  expect(await client.next()).toMatchObject({ id: "after", status: 204 });
}

describe.each(ends)("%s", (_name, end) => {
  it("that sends no JSON is told so and goes on", async () => {
    for (const text of ["", "{", "[]", "null", "7", '"x"', "[".repeat(2_000)]) {
      expect(await end().send(text).next()).toEqual({ type: "error", error: "invalid_json" });
    }
    await stillWorks();
  });

  it("that sends binary is told so and goes on", async () => {
    expect(await end().send(new Uint8Array(10)).next()).toEqual({
      type: "error",
      error: "binary_not_supported",
    });
    await stillWorks();
  });

  it("may send a message of the full length; one byte more is refused and the socket lives", async () => {
    const padded = (length: number) => {
      const empty = JSON.stringify({ type: "nonsense", pad: "" });
      return empty.replace('""', `"${"x".repeat(length - empty.length)}"`);
    };
    expect(await end().send(padded(MAX_MESSAGE)).next()).toMatchObject({ error: "unknown_message_type" });
    expect(
      await end()
        .send(padded(MAX_MESSAGE + 1))
        .next(),
    ).toEqual({
      type: "error",
      error: "message_too_large",
    });
    await stillWorks();
  });

  it("that sends far too much is cut off with 1009", async () => {
    end().send("x".repeat(2 * MAX_MESSAGE + 1));
    expect(await end().closed).toMatchObject({ code: 1009 });
  });

  it("that sends text which is no UTF-8 is cut off with 1007", async () => {
    end().ws.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
    expect(await end().closed).toMatchObject({ code: 1007 });
  });

  it("with an id of great length or strange type hears bad_id or gets no id back", async () => {
    for (const id of ["x".repeat(3_000), { a: 1 }, true]) {
      const answer = await end().send({ type: "nonsense", id }).next();
      expect(answer).toEqual({ type: "error", error: "unknown_message_type" });
    }
    const type = end() === client ? "http_proxy" : "http_response";
    expect(
      await end()
        .send({ type, id: [1] })
        .next(),
    ).toEqual({ type: "error", error: "bad_id" });
    await stillWorks();
  });

  it("may send so many useless messages in a minute, and is closed at the next", async () => {
    const waste = () => end().send("{").next();
    for (let i = 0; i < MAX_INVALID_PER_MINUTE; i++) await waste();
    relay.clock.jump(60_000);
    for (let i = 0; i < MAX_INVALID_PER_MINUTE; i++) await waste();
    await stillWorks();
    end().send("{");
    expect(await end().closed).toEqual({ code: 1008, reason: "too_many_invalid_messages" });
  });
});

describe("an answer over the message limit", () => {
  it("fails its request instead of leaving it to its timeout", async () => {
    client.send({ type: "http_proxy", id: "1" });
    await node.next();
    const body_b64 = Buffer.alloc(MAX_MESSAGE).toString("base64");
    node.send({ type: "http_response", id: "1", status: 200, headers: {}, body_b64 });
    expect(await client.next()).toEqual({ type: "http_response", id: "1", error: "body_too_large" });
    expect(await node.next()).toEqual({ type: "error", error: "message_too_large" });
  });
});

describe("a node that has proved nothing", () => {
  it("may send a few messages, and is closed at one more", async () => {
    const stranger = await relay.node("stranger");
    for (let i = 0; i < V1_NODE_PROBATION.messages; i++) await stranger.send("{").next();
    stranger.send({ type: "pair_offer", code: "too-late" });
    expect(await stranger.closed).toEqual({ code: 1008, reason: "too_much_before_proof" });
  });

  it("cannot go round the count with pings", async () => {
    const stranger = await relay.node("stranger");
    for (let i = 0; i <= V1_NODE_PROBATION.messages; i++) stranger.ws.ping();
    expect(await stranger.closed).toMatchObject({ code: 1008 });
  });

  it("is closed at too many bytes, even of a message that never ends", async () => {
    await relay.stop();
    relay = await RelayHarness.start();
    const stranger = await relay.node("stranger");
    for (let sent = 0; sent <= V1_NODE_PROBATION.bytes; sent += 8_192) {
      stranger.ws.send(Buffer.alloc(8_192, 0x78), { fin: false, binary: false });
    }
    expect(await stranger.closed).toEqual({ code: 1008, reason: "too_much_before_proof" });
  });

  it("is closed at its deadline, whatever it sends", async () => {
    const stranger = await relay.node("stranger");
    relay.clock.jump(V1_NODE_PROBATION.ms - 1);
    await stranger.send({ type: "nonsense" }).next();
    relay.clock.jump(1);
    expect(await stranger.closed).toEqual({ code: 4408, reason: "nothing_proved" });
  });

  it("stays once a code of it was accepted, or while sessions with its id live", async () => {
    const other = await relay.offering("other", "code");
    await node.end();
    const again = await relay.node("pc");
    relay.clock.jump(V1_NODE_PROBATION.ms);
    for (const socket of [other, again]) {
      expect(await socket.send({ type: "nonsense" }).next()).toMatchObject({ type: "error" });
    }
  });
});

describe("a second node with the same id", () => {
  it("is refused while the first answers, and the first stays", async () => {
    const newcomer = await relay.node("pc");
    expect(await newcomer.closed).toEqual({ code: 4409, reason: "node_id_in_use" });
    await stillWorks();
  });

  it("takes the place of one that is silent for two seconds, and what it sent meanwhile counts", async () => {
    const silent = await relay.node("other", { autoPong: false });
    await silent.send({ type: "pair_offer", code: "one" }).next();
    const newcomer = await relay.node("other");
    newcomer.send({ type: "pair_offer", code: "two" });
    await pinged(silent);
    relay.clock.jump(1_999);
    const second = await relay.node("other");
    expect(await second.closed).toEqual({ code: 4409, reason: "node_id_in_use" });
    expect(newcomer.unread).toBe(0);
    relay.clock.jump(1);
    expect(await silent.closed).toMatchObject({ code: 1006 });
    expect(await newcomer.next()).toMatchObject({ type: "pair_offer_ack", ok: true });
    expect((await relay.pair("two")).status).toBe(200);
    expect(await relay.health()).toMatchObject({ nodes: 2 });
  });

  it("comes in as soon as the first one's connection ends", async () => {
    const silent = await relay.node("other", { autoPong: false });
    const newcomer = await relay.node("other");
    await pinged(silent);
    silent.ws.terminate();
    expect(await newcomer.send({ type: "pair_offer", code: "two" }).next()).toMatchObject({ ok: true });
  });
});

async function pinged(socket: RawSocket): Promise<void> {
  if (socket.pings.length === 0) await new Promise((resolve) => socket.ws.once("ping", resolve));
}

describe("a connection that is no WebSocket", () => {
  it("with garbage on it is answered or cut, and nothing else happens", async () => {
    for (const text of [
      "GET /ws/node HTTP/1.1\r\n\r\n",
      "\0\0\0\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]) {
      const socket = connect(relay.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.resume();
      socket.end(text);
      await new Promise((resolve) => socket.once("close", resolve));
    }
    await stillWorks();
  });
});

describe("a node that offers codes without end", () => {
  it("is taken at its word up to the bound, again as time passes, and is closed beyond it", async () => {
    const offer = (count: number) => {
      for (let i = 0; i < count; i += 1) node.send({ type: "pair_offer", code: "deadbeef" });
    };
    // One was offered before each test.
    offer(V1_OFFERS_BURST - 1);
    for (let i = 1; i < V1_OFFERS_BURST; i += 1) expect(await node.next()).toMatchObject({ ok: true });
    relay.clock.advance(1_000);
    offer(V1_OFFERS_PER_SECOND);
    for (let i = 0; i < V1_OFFERS_PER_SECOND; i += 1) expect(await node.next()).toMatchObject({ ok: true });
    offer(1);
    expect(await node.closed).toEqual({ code: 4429, reason: "too_many_codes" });
  });
});

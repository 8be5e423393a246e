import { describe, expect, it } from "vitest";
import { memoryLinkPair } from "#shared/testing/memory-link.ts";
import { CipherState, MAX_MESSAGES_PER_KEY } from "./cipher-state.ts";
import { EARLY_FRAME_COST_BYTES, MAX_EARLY_BYTES } from "./frame-inbox.ts";
import { FRAME, MAX_RECORD_PLAINTEXT_BYTES, RECORD_OVERHEAD_BYTES } from "./frames.ts";
import { MAX_CHANNEL_AGE_MS, SecureChannel } from "./secure-channel.ts";
import { BACKENDS, NATIVE_BACKEND } from "./testing/backends.ts";
import { established, filled, flipBit, Recorder, settled, startRun } from "./testing/channels.ts";
import { ManualClock } from "./testing/manual-clock.ts";

const text = (value: string) => new TextEncoder().encode(value);
const [ONE, TWO, THREE] = [text("one"), text("two"), text("three")] as const;

/** An open session, with both ends listened to. */
async function session(backend = NATIVE_BACKEND) {
  const run = startRun({ kind: "session", clientBackend: backend, nodeBackend: backend });
  const { client, node } = await established(run);
  const nodeHeard = Recorder.on(node.channel);
  const clientHeard = Recorder.on(client.channel);
  return { ...run, client: client.channel, node: node.channel, clientHeard, nodeHeard };
}

/** Sends three records from the client, changed on the way by `change`; tells what the node makes of them. */
async function threeRecords(change: (frames: Uint8Array[]) => Uint8Array[]) {
  const open = await session();
  open.clientLink.held = true;
  const before = open.clientLink.sent.length;
  for (const record of [ONE, TWO, THREE]) open.client.send(record);
  const frames = open.clientLink.sent.slice(before);
  const changed = change([...frames]);
  let first = true;
  open.clientLink.tamper = () => {
    if (!first) return [];
    first = false;
    return changed;
  };
  open.clientLink.held = false;
  await settled();
  return open;
}

async function expectDeadAfter(heard: Uint8Array[], change: (frames: Uint8Array[]) => Uint8Array[]) {
  const { node, nodeHeard, nodeLink, clientHeard } = await threeRecords(change);
  expect(nodeHeard.messages).toEqual(heard);
  expect(nodeHeard.closes).toEqual([{ code: 4400, reason: expect.any(String) }]);
  expect(clientHeard.closes.length).toBe(1);
  const sent = nodeLink.sent.length;
  node.send(ONE);
  expect(nodeLink.sent.length).toBe(sent);
}

const at = (frames: Uint8Array[], index: number): Uint8Array => {
  const frame = frames[index];
  if (frame === undefined) throw new Error("no such frame");
  return frame;
};

describe.each(BACKENDS)("a channel on the $name backend", ({ backend }) => {
  it("carries records of every allowed size both ways", async () => {
    const { client, node, clientHeard, nodeHeard } = await session(backend);
    const records = [0, 1, 255, 256, 4_096, MAX_RECORD_PLAINTEXT_BYTES].map((length) =>
      filled(length & 255, length),
    );
    for (const record of records) {
      client.send(record);
      node.send(record);
    }
    await settled();
    expect(nodeHeard.messages).toEqual(records);
    expect(clientHeard.messages).toEqual(records);
  });

  it("sends a type byte and the ciphertext, with 17 bytes more than the plaintext", async () => {
    const { client, clientLink } = await session(backend);
    client.send(filled(7, 100));
    const frame = clientLink.sent.at(-1);
    expect(frame?.[0]).toBe(FRAME.RECORD);
    expect(frame?.length).toBe(100 + RECORD_OVERHEAD_BYTES);
  });
});

describe("a record", () => {
  it("that is changed in any one bit ends the channel", async () => {
    for (let bit = 0; bit < (TWO.length + RECORD_OVERHEAD_BYTES) * 8; bit++) {
      await expectDeadAfter([ONE], (frames) => frames.with(1, flipBit(at(frames, 1), bit)));
    }
  });

  it("that is cut or lengthened ends the channel", async () => {
    for (let length = 0; length < TWO.length + RECORD_OVERHEAD_BYTES; length++) {
      await expectDeadAfter([ONE], (frames) => frames.with(1, at(frames, 1).subarray(0, length)));
    }
    await expectDeadAfter([ONE], (frames) => frames.with(1, Uint8Array.of(...at(frames, 1), 0)));
  });

  it("that is replayed, dropped or out of order ends the channel", async () => {
    await expectDeadAfter([ONE], (frames) => [at(frames, 0), at(frames, 0), at(frames, 1)]);
    await expectDeadAfter([ONE], (frames) => [at(frames, 0), at(frames, 2)]);
    await expectDeadAfter([], (frames) => [at(frames, 1), at(frames, 0), at(frames, 2)]);
  });

  it("from another channel between the same two ends the channel", async () => {
    const other = await session();
    other.client.send(ONE);
    other.client.send(TWO);
    const foreign = other.clientLink.sent.at(-1) ?? new Uint8Array(0);
    await expectDeadAfter([ONE], (frames) => frames.with(1, foreign));
  });

  it("that is sent back to its sender ends the channel", async () => {
    const { client, clientLink, nodeLink, clientHeard } = await session();
    client.send(ONE);
    nodeLink.send(clientLink.sent.at(-1) ?? new Uint8Array(0));
    await settled();
    expect(clientHeard.messages).toEqual([]);
    expect(clientHeard.closes.length).toBe(1);
  });

  it("cannot be any other frame, whatever its type", async () => {
    for (let type = 0; type < 256; type++) {
      if (type === FRAME.RECORD) continue;
      await expectDeadAfter([ONE], (frames) => frames.with(1, at(frames, 1).with(0, type)));
    }
  });

  it("has at most 63,488 bytes of plaintext, at the sender and at the receiver", async () => {
    const { client } = await session();
    expect(() => client.send(new Uint8Array(MAX_RECORD_PLAINTEXT_BYTES + 1))).toThrow("too long");

    const { link, far, heard } = bare(0);
    const sealed = new Uint8Array(MAX_RECORD_PLAINTEXT_BYTES + 1 + 16);
    new CipherState(NATIVE_BACKEND.chacha20poly1305, filled(9)).seal(sealed.subarray(16), sealed);
    far.send(Uint8Array.of(FRAME.RECORD, ...sealed));
    await settled();
    expect(link.sent.length).toBe(0);
    expect(heard.messages).toEqual([]);
    expect(heard.closes).toEqual([{ code: 4400, reason: "unexpected frame" }]);
  });
});

/** A channel without a handshake, whose ciphers have been used `count` times. */
function bare(count: number) {
  const [link, far] = memoryLinkPair<Uint8Array>();
  const cipher = () => new CipherState(NATIVE_BACKEND.chacha20poly1305, filled(9), count);
  const clock = new ManualClock();
  const channel: SecureChannel = new SecureChannel({
    link,
    send: cipher(),
    receive: cipher(),
    clock,
    confirmed: true,
    kill(close) {
      link.close(close.code, close.reason);
      channel.closed(close);
    },
  });
  const heard = Recorder.on(channel);
  link.listen(channel);
  return { channel, heard, link, far, clock };
}

describe("a channel", () => {
  it("sends 2^32 records and then ends", () => {
    const { channel, heard, link } = bare(MAX_MESSAGES_PER_KEY - 1);
    channel.send(ONE);
    expect(heard.closes).toEqual([]);
    channel.send(TWO);
    expect(link.sent.length).toBe(1);
    expect(heard.closes).toEqual([{ code: 1008, reason: "too many records" }]);
  });

  it("ends when it is 24 hours old", async () => {
    const { clock, client, clientHeard, nodeHeard } = await session();
    client.send(ONE);
    await settled();
    clock.advance(MAX_CHANNEL_AGE_MS - 1);
    await settled();
    expect([...clientHeard.closes, ...nodeHeard.closes]).toEqual([]);
    clock.advance(1);
    await settled();
    const close = { code: 1008, reason: "channel too old" };
    expect([...clientHeard.closes, ...nodeHeard.closes]).toEqual([close, close]);
    expect(clock.pending).toBe(0);
  });

  it("passes on how much is queued, and when it has drained", async () => {
    const { client, clientLink, clientHeard } = await session();
    clientLink.held = true;
    client.send(ONE);
    expect(client.queuedBytes).toBe(ONE.length + RECORD_OVERHEAD_BYTES);
    clientLink.held = false;
    await settled();
    expect(client.queuedBytes).toBe(0);
    expect(clientHeard.drains).toBeGreaterThan(0);
  });

  it("tells both ends once when one closes it, and leaves no timer behind", async () => {
    const { client, clock, clientHeard, nodeHeard } = await session();
    client.send(ONE);
    client.close(1000, "done");
    await settled();
    client.send(TWO);
    await settled();
    expect(nodeHeard.messages).toEqual([ONE]);
    expect(nodeHeard.closes).toEqual([{ code: 1000, reason: "done" }]);
    expect(clientHeard.closes).toEqual([{ code: 1000, reason: "done" }]);
    expect(clock.pending).toBe(0);
  });

  it("keeps what arrives before anybody listens, also when it ends meanwhile", async () => {
    const { client, node } = await established(startRun({ kind: "session" }));
    client.channel.send(ONE);
    client.channel.send(TWO);
    client.channel.close(1000, "done");
    await settled();
    const heard = Recorder.on(node.channel);
    expect(heard.messages).toEqual([ONE, TWO]);
    expect(heard.closes).toEqual([{ code: 1000, reason: "done" }]);
  });

  it("delivers nothing after `closed`, also when it ends while kept records are delivered", async () => {
    const { client, node } = await established(startRun({ kind: "session" }));
    for (const record of [ONE, TWO, THREE]) client.channel.send(record);
    await settled();
    const order: string[] = [];
    node.channel.listen({
      message: () => {
        order.push("message");
        node.channel.closed({ code: 1000, reason: "" });
      },
      drained: () => undefined,
      closed: () => order.push("closed"),
    });
    expect(order).toEqual(["message", "closed"]);
  });

  it("keeps a bounded amount before anybody listens", async () => {
    const most = MAX_EARLY_BYTES / EARLY_FRAME_COST_BYTES;
    for (const [count, code] of [
      [most, undefined],
      [most + 1, 4413],
    ] as const) {
      const { client, node } = await established(startRun({ kind: "session" }));
      for (let sent = 0; sent < count; sent++) client.channel.send(new Uint8Array(0));
      await settled();
      const heard = Recorder.on(node.channel);
      expect(heard.closes[0]?.code).toBe(code);
      expect(heard.messages.length).toBe(most);
    }
  });

  it("on a node is confirmed by the first valid record, before that is delivered", async () => {
    const { client, node } = await established(startRun({ kind: "session" }));
    const order: string[] = [];
    node.channel.onConfirmed(() => order.push("confirmed"));
    node.channel.listen({
      message: (record) => order.push(new TextDecoder().decode(record)),
      drained: () => undefined,
      closed: () => undefined,
    });
    expect(node.channel.confirmed).toBe(false);
    expect(order).toEqual([]);
    client.channel.send(ONE);
    client.channel.send(TWO);
    await settled();
    expect(order).toEqual(["confirmed", "one", "two"]);
    expect(node.channel.confirmed).toBe(true);
    node.channel.onConfirmed(() => order.push("late"));
    expect(order.at(-1)).toBe("late");
  });

  it("is not confirmed by a record that is not valid", async () => {
    const { node, nodeHeard } = await threeRecords((frames) => [flipBit(at(frames, 0), 77)]);
    expect(node.confirmed).toBe(false);
    expect(nodeHeard.closes.length).toBe(1);
  });

  it("delivers nothing when who waited for the confirmation ended it", async () => {
    const { client, node } = await established(startRun({ kind: "session" }));
    const heard = Recorder.on(node.channel);
    node.channel.onConfirmed(() => node.channel.closed({ code: 1000, reason: "" }));
    client.channel.send(ONE);
    await settled();
    expect(heard.messages).toEqual([]);
  });

  it("on a client is confirmed from the start: HS2 has proved the node", async () => {
    const { client } = await established(startRun({ kind: "session" }));
    expect(client.channel.confirmed).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { RECORD_OVERHEAD_BYTES } from "./frames.ts";
import { NATIVE_BACKEND } from "./testing/backends.ts";
import { established, filled, flipBit, Recorder, settled, startRun } from "./testing/channels.ts";
import { ManualAead } from "./testing/manual-aead.ts";

/** Long enough for the platform, and short ones that are done at once. */
const LONG = [filled(1, 60_000), filled(2, 50_000), filled(3, 40_000)] as const;
const SHORT = [filled(4, 10), filled(5, 20)] as const;
const DONE = { code: 1000, reason: "done" };

/** An open session between a client whose platform answers when told, and a node. */
async function session() {
  const platform = new ManualAead();
  const run = startRun({ kind: "session", clientBackend: platform.under(NATIVE_BACKEND) });
  const { client, node } = await established(run);
  await settled();
  return {
    ...run,
    platform,
    client: client.channel,
    node: node.channel,
    clientHeard: Recorder.on(client.channel),
    nodeHeard: Recorder.on(node.channel),
    /** Answers in this order what was asked for. */
    async answer(...order: number[]) {
      const asked = [...platform.asked];
      platform.asked.length = 0;
      for (const index of order) {
        asked[index]?.();
        await settled();
      }
    },
  };
}

describe("records that the platform encrypts and decrypts", () => {
  it("go out in the order in which they were sent, whichever is ready first", async () => {
    const { client, nodeHeard, answer } = await session();
    const records = [LONG[0], SHORT[0], LONG[1], SHORT[1], LONG[2]];
    for (const record of records) client.send(record);
    await settled();
    expect(nodeHeard.messages).toEqual([]);
    await answer(2, 1, 0);
    expect(nodeHeard.messages).toEqual(records);
  });

  it("are delivered in the order in which they came, whichever is ready first", async () => {
    const { node, clientHeard, answer } = await session();
    const records = [SHORT[0], LONG[0], SHORT[1], LONG[1], LONG[2]];
    for (const record of records) node.send(record);
    await settled();
    expect(clientHeard.messages).toEqual([SHORT[0]]);
    await answer(1, 0, 2);
    expect(clientHeard.messages).toEqual(records);
  });

  it("take a copy: the sender may use its memory again", async () => {
    const { client, nodeHeard, answer } = await session();
    const record = LONG[0].slice();
    client.send(record);
    record.fill(0);
    await answer(0);
    expect(nodeHeard.messages).toEqual([LONG[0]]);
  });

  it("count as queued until they are out, and then it is told that there is room", async () => {
    const { client, clientHeard, answer } = await session();
    client.send(LONG[0]);
    client.send(SHORT[0]);
    expect(client.queuedBytes).toBe(LONG[0].length + SHORT[0].length + 2 * RECORD_OVERHEAD_BYTES);
    const before = clientHeard.drains;
    await answer(0);
    expect(client.queuedBytes).toBe(0);
    expect(clientHeard.drains).toBeGreaterThan(before);
  });

  it("are sent before the channel closes", async () => {
    const { client, nodeHeard, answer } = await session();
    client.send(LONG[0]);
    client.send(SHORT[0]);
    client.close(DONE.code, DONE.reason);
    await settled();
    expect(nodeHeard.closes).toEqual([]);
    await answer(0);
    expect(nodeHeard.messages).toEqual([LONG[0], SHORT[0]]);
    expect(nodeHeard.closes).toEqual([DONE]);
  });

  it("are delivered before the end that came behind them", async () => {
    const { node, clientHeard, answer } = await session();
    node.send(LONG[0]);
    node.send(SHORT[0]);
    node.close(DONE.code, DONE.reason);
    await settled();
    expect(clientHeard.closes).toEqual([]);
    await answer(0);
    expect(clientHeard.messages).toEqual([LONG[0], SHORT[0]]);
    expect(clientHeard.closes).toEqual([DONE]);
  });

  it("end the channel when one is refused: nothing behind it is delivered, however ready", async () => {
    const { node, nodeLink, clientHeard, answer } = await session();
    let index = 0;
    nodeLink.tamper = (frame) => {
      index += 1;
      return [index === 2 ? flipBit(frame, 4_321) : frame];
    };
    for (const record of LONG) node.send(record);
    node.send(SHORT[0]);
    await settled();
    await answer(2, 1, 0);
    expect(clientHeard.messages).toEqual([LONG[0]]);
    expect(clientHeard.closes).toEqual([{ code: 4400, reason: "record refused" }]);
    nodeLink.tamper = undefined;
    node.send(SHORT[1]);
    await settled();
    expect(clientHeard.messages).toEqual([LONG[0]]);
  });

  it("end the channel when the platform cannot encrypt any more", async () => {
    const { client, clientLink, clientHeard, platform, answer } = await session();
    const before = clientLink.sent.length;
    client.send(LONG[0]);
    client.send(SHORT[0]);
    platform.isBroken = true;
    await answer(0);
    expect(clientLink.sent.length).toBe(before);
    expect(clientHeard.closes).toEqual([{ code: 1008, reason: "a record could not be made" }]);
  });
});

/**
 * A relay that meddles with what it carries, between a real node and the real client library. It can always cut; it
 * never gets one wrong byte taken for a right one, nor one cut body for a whole one, and it harms nobody else.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { bulk, bulkHash, bulkStream, hashOf, MIB } from "../support/bulk.ts";
import { deferred } from "../support/deferred.ts";
import { endingsOfEachTest } from "../support/endings.ts";
import { type HostileStage, hello, startHostileStage } from "../support/hostile-stage.ts";
import type { Leg, Message, Rule, Toward } from "../support/meddler.ts";

const atTheEnd = endingsOfEachTest();
let stage: HostileStage;

beforeEach(async () => {
  stage = await startHostileStage(atTheEnd);
});

const RECORD = 0x10;
/** Which record of a direction is meddled with, counted from where it begins. */
const NTH = 3;

/** What is sent in place of the third record, and of the fourth. */
interface Manner {
  third(record: Message, known: { earlier: Message; foreign: Message }): readonly Message[];
  fourth?(record: Message, third: Message): readonly Message[];
}

const changed = (record: Message, change: (data: Buffer) => Buffer): Message => ({
  ...record,
  data: change(Buffer.from(record.data)),
});

const MANNERS: Readonly<Record<string, Manner>> = {
  drops: { third: () => [] },
  replays: { third: (record) => [record, record] },
  "replays from long ago": { third: (record, { earlier }) => [earlier, record] },
  reorders: { third: () => [], fourth: (record, third) => [record, third] },
  "splices in from another channel": { third: (record, { foreign }) => [foreign, record] },
  "replaces by one of another channel": { third: (_, { foreign }) => [foreign] },
  truncates: { third: (record) => [changed(record, (data) => data.subarray(0, -1))] },
  "cuts to nothing": { third: (record) => [changed(record, () => Buffer.alloc(0))] },
  lengthens: { third: (record) => [changed(record, (data) => Buffer.concat([data, Buffer.alloc(1)]))] },
  "flips a bit of": {
    third: (record) => [
      changed(record, (data) => {
        data.writeUInt8(data.readUInt8(data.length >> 1) ^ 1, data.length >> 1);
        return data;
      }),
    ],
  },
  "changes the type of": {
    third: (record) => [
      changed(record, (data) => {
        data.writeUInt8(0x06);
        return data;
      }),
    ],
  },
  "sends as text": { third: (record) => [{ ...record, isBinary: false }] },
};

/** Meddles once with one leg's records of one direction. */
function meddling(leg: Leg, toward: Toward, manner: Manner, foreign: () => Message | undefined): Rule {
  const seen: Message[] = [];
  return (message, way, from) => {
    if (from !== leg || way !== toward || !message.isBinary || message.data[0] !== RECORD) return [message];
    seen.push(message);
    const [earlier = message] = seen;
    if (seen.length === NTH) return manner.third(message, { earlier, foreign: foreign() ?? earlier });
    const third = seen[NTH - 1];
    if (seen.length === NTH + 1 && third !== undefined) return manner.fourth?.(message, third) ?? [message];
    return [message];
  };
}

/** Two devices at work, of which the first one's leg is known. */
async function twoAtWork() {
  const { api, connected, newDevice, lastClient } = stage;
  const other = await connected(await newDevice());
  const session = await connected(await newDevice());
  api.on("/bulk", (_, response) => void bulk(8 * MIB).pipe(response));
  return { session, other, leg: lastClient() };
}

async function outcomeOf(body: AsyncIterable<Uint8Array> | null, read?: () => void): Promise<string> {
  return body === null ? "no body" : hashOf(body, read).catch(() => "cut");
}

describe.each(Object.entries(MANNERS))("a relay that %s records", (_, manner) => {
  it("on the way to the device cuts that device's answer, which nobody takes for whole, and nobody else's", async () => {
    const { session, other, leg } = await twoAtWork();
    const neighbour = outcomeOf((await other.fetch("/bulk")).body);
    const { body } = await session.fetch("/bulk");
    let isMeddling = false;
    let foreign: Message | undefined;
    const download = outcomeOf(body, () => {
      if (isMeddling) return;
      isMeddling = true;
      const meddle = meddling(leg, "endpoint", manner, () => foreign);
      stage.meddler.rule = (message, toward, from) => {
        if (from !== leg && toward === "endpoint" && message.data[0] === RECORD) foreign = message;
        return meddle(message, toward, from);
      };
    });
    expect(await download).toBe("cut");
    expect(await neighbour).toBe(bulkHash(8 * MIB));
    session.wake();
    expect(await hello(session)).toBe("hello");
  });

  it("on the way to the PC cuts that device's request, which the API does not take for whole", async () => {
    const { session, other, leg } = await twoAtWork();
    const atTheApi = deferred<string>();
    let foreign: Message | undefined;
    stage.api.on("/upload", (request, response) => {
      const meddle = meddling(leg, "relay", manner, () => foreign);
      stage.meddler.rule = (message, toward, from) => {
        if (from !== leg && from.end === "client" && toward === "relay" && message.data[0] === RECORD) {
          foreign = message;
        }
        return meddle(message, toward, from);
      };
      outcomeOf(request).then((outcome) => {
        atTheApi.resolve(outcome);
        response.end();
      });
    });
    const neighbour = outcomeOf((await other.fetch("/bulk")).body);
    const body = bulkStream(8 * MIB);
    await expect(session.fetch("/upload", { method: "POST", body })).rejects.toThrow();
    expect(await atTheApi.promise).toBe("cut");
    expect(await neighbour).toBe(bulkHash(8 * MIB));
    session.wake();
    expect(await hello(session)).toBe("hello");
  });
});

describe("a relay that sends a record back to its sender", () => {
  it.each(["endpoint", "relay"] as const)("cuts the channel: from the %s's side", async (toward) => {
    const { session, leg } = await twoAtWork();
    const { body } = await session.fetch("/bulk");
    const download = outcomeOf(body);
    const mirrored = toward === "endpoint" ? "relay" : "endpoint";
    let isDone = false;
    stage.meddler.rule = (message, way, from) => {
      if (from === leg && way === toward && message.data[0] === RECORD && !isDone) {
        isDone = true;
        leg.say(mirrored, message);
      }
      return [message];
    };
    expect(await download).toBe("cut");
    session.wake();
    expect(await hello(session)).toBe("hello");
  });
});

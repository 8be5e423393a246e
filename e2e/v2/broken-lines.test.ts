/**
 * Lines that break, and lines that go dead without a word, between a real relay, node and devices. The clocks stand
 * still until a test moves them, so that what takes a minute outside takes a moment here.
 */
import { describe, expect, it } from "vitest";
import { HEARTBEAT_DEADLINE_MS, HEARTBEAT_INTERVAL_MS } from "#shared/client/heartbeat.ts";
import type { RelaySession } from "#shared/client/relay-client.ts";
import { MIB } from "../support/bulk.ts";
import { pass, passUntil, startClockwork } from "../support/clockwork.ts";
import { endingsOfEachTest } from "../support/endings.ts";
import { startRoutes } from "../support/routes.ts";
import { until } from "../support/until.ts";
import { createWorkload } from "../support/workload.ts";

const atTheEnd = endingsOfEachTest();
const hello = async (session: RelaySession) => (await session.fetch("/hello")).text();

/** After so long without a sign of life the node and the relay give up: two intervals of 25 s were missed. */
const SILENCE_SEC = 75;
const DEVICE_SILENCE_SEC = (HEARTBEAT_INTERVAL_MS + HEARTBEAT_DEADLINE_MS) / 1000;

describe("a line that goes dead without a word", () => {
  it("to a device is noticed by the device, which connects anew and asks again", async () => {
    const { clocks, deviceLine, session, problems } = await startClockwork(atTheEnd);
    deviceLine.silence();
    const answer = hello(session);
    await pass(DEVICE_SILENCE_SEC - 1, [clocks.device]);
    expect(problems()).toEqual([]);
    await pass(2, [clocks.device]);
    expect(problems()).toContain("no_answer");
    expect(await passUntil(answer, [clocks.device])).toBe("hello");
  });

  it("to a device is noticed by the relay, and the node hears that it has gone", async () => {
    const { clocks, deviceLine, node, device, session } = await startClockwork(atTheEnd);
    deviceLine.silence();
    session.close();
    expect(node.node.isConnected(device.record.deviceId)).toBe(true);
    await pass(SILENCE_SEC, [clocks.relay]);
    expect(node.node.isConnected(device.record.deviceId)).toBe(false);
    // Nobody else was taken for dead.
    expect(node.node.relayState.kind).toBe("connected");
  });

  it("to the node is noticed by the node, whose new connection takes the old one's place at once", async () => {
    const { clocks, nodeLine, node, session } = await startClockwork(atTheEnd);
    nodeLine.silence();
    const answer = hello(session);
    await pass(SILENCE_SEC, [clocks.node]);
    const outages = node.events.flatMap((event) =>
      event.kind === "relay" && event.state.kind === "waiting" ? [event.state.outage.code] : [],
    );
    expect(outages).toEqual(["relay_silent"]);
    expect(await passUntil(answer, [clocks.node, clocks.device])).toBe("hello");
  });

  it("to the node is noticed by the relay, which tells the devices that the PC is away", async () => {
    const { clocks, nodeLine, session, problems } = await startClockwork(atTheEnd);
    nodeLine.silence();
    await pass(SILENCE_SEC, [clocks.relay]);
    await until("the device was told", () => session.state.status !== "connected");
    expect(problems()).toContain("node_offline");
  });

  it("on both sides is noticed on both, and all come together again", async () => {
    const { clocks, api, nodeLine, deviceLine, session } = await startClockwork(atTheEnd);
    const work = createWorkload(api);
    const open = [
      work.download(session, 4 * MIB, 300_000),
      work.upload(session, 4 * MIB, 300_000),
      work.events(session),
      work.conversation(session),
    ];
    await Promise.all(open.map(({ begun }) => begun));
    nodeLine.silence();
    deviceLine.silence();
    const all = Object.values(clocks);
    const outcomes = Promise.all(open.map(({ outcome }) => outcome));
    expect(await passUntil(outcomes, all)).toEqual(["cut", "cut", "cut", "cut"]);
    // The node has until now been waiting for the relay, and the device for the node.
    await pass(SILENCE_SEC, all);
    session.wake();
    expect(await passUntil(hello(session), all)).toBe("hello");
    expect(await passUntil(work.uploadsAtTheApi(), all)).toEqual(["cut"]);
  });
});

describe("a line that breaks", () => {
  it.each(["nodeLine", "deviceLine"] as const)(
    "five times in a row (the %s) cuts what is open each time, and is made anew each time",
    async (which) => {
      const all = await startClockwork(atTheEnd);
      const { api, session, clocks } = all;
      const work = createWorkload(api);
      for (let round = 0; round < 5; round += 1) {
        expect(await passUntil(hello(session), Object.values(clocks))).toBe("hello");
        const open = [work.events(session), work.conversation(session), work.download(session, MIB, 100_000)];
        await Promise.all(open.map(({ begun }) => begun));
        all[which].cut();
        const outcomes = Promise.all(open.map(({ outcome }) => outcome));
        expect(await passUntil(outcomes, Object.values(clocks))).toEqual(["cut", "cut", "cut"]);
      }
      expect(await passUntil(hello(session), Object.values(clocks))).toBe("hello");
    },
  );

  /** In the middle of HTTP, of the welcome, the handshake, the first records, a head, bodies. */
  const OFFSETS = [1, 100, 160, 200, 300, 400, 500, 700, 1_000, 5_000, 70_000, 300_000, 1_000_001];

  it.each(OFFSETS)("after %i bytes costs one connection, and never makes a body wrong", async (offset) => {
    const { api, clocks, deviceLine, device, session: first } = await startClockwork(atTheEnd);
    first.close();
    const work = createWorkload(api);
    deviceLine.cutNextAfter(offset);
    const session = device.connect();
    atTheEnd(() => session.close());
    const open = [work.download(session, 2 * MIB, 2 * MIB), work.upload(session, 300_000, 300_000)];
    const outcomes = await passUntil(Promise.all(open.map(({ outcome }) => outcome)), Object.values(clocks));
    // Where an answer has begun, it is not asked for again.
    expect(offset >= 70_000 ? ["cut"] : ["right", "cut"]).toContain(outcomes[0]);
    expect(["right", "cut"]).toContain(outcomes[1]);
    for (const outcome of await work.uploadsAtTheApi()) expect(["right", "cut"]).toContain(outcome);
    expect(await passUntil(hello(session), Object.values(clocks))).toBe("hello");
  });
});

describe("relay, node and device that were closed", () => {
  it("leave no socket, server or timer behind, whatever was under way", async () => {
    const resources = () => {
      const counts: Record<string, number> = {};
      for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
      const { TCPSocketWrap = 0, TCPServerWrap = 0, Timeout = 0 } = counts;
      return { TCPSocketWrap, TCPServerWrap, Timeout };
    };
    // The API goes on, so that nobody else closes what the node has open there.
    const api = await startRoutes(atTheEnd);
    const before = resources();
    const endings: (() => unknown)[] = [];
    const { session, nodeLine } = await startClockwork((end) => endings.push(end), api);
    const work = createWorkload(api);
    const open = [work.download(session, 4 * MIB, 300_000), work.events(session), work.conversation(session)];
    await Promise.all(open.map(({ begun }) => begun));
    expect(resources().TCPSocketWrap).toBeGreaterThan(before.TCPSocketWrap + 6);
    nodeLine.cut();
    for (const end of endings.reverse()) await end();
    await until("all was gone", () => {
      const now = resources();
      return (
        now.TCPSocketWrap <= before.TCPSocketWrap &&
        now.TCPServerWrap <= before.TCPServerWrap &&
        // The one that this very wait is made of.
        now.Timeout <= before.Timeout + 1
      );
    });
  });
});

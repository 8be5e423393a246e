/**
 * Lines that break, and lines that go dead without a word, between a real relay, node and devices. The clocks stand
 * still until a test moves them, so that what takes a minute outside takes a moment here.
 */
import { describe, expect, it } from "vitest";
import { HEARTBEAT_DEADLINE_MS, HEARTBEAT_INTERVAL_MS } from "#shared/client/heartbeat.ts";
import type { RelaySession } from "#shared/client/relay-client.ts";
import type { SessionState } from "#shared/client/session-state.ts";
import { StepClock, settle } from "#shared/client/testing/step-clock.ts";
import { fakeClock } from "../../desktop/core/testing/fake-clock.ts";
import { FakeClock } from "../../relay/testing/fake-clock.ts";
import { MIB } from "../support/bulk.ts";
import { startCoreNode } from "../support/core-node.ts";
import { pairDevice, sessionIs } from "../support/device.ts";
import { type AtTheEnd, endingsOfEachTest } from "../support/endings.ts";
import { startLine } from "../support/line.ts";
import { startTestRelay } from "../support/relay.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import { until } from "../support/until.ts";
import { createWorkload } from "../support/workload.ts";

const atTheEnd = endingsOfEachTest();
const hello = async (session: RelaySession) => (await session.fetch("/hello")).text();

/** After so long without a sign of life the node and the relay give up: two intervals of 25 s were missed. */
const SILENCE_SEC = 75;
const DEVICE_SILENCE_SEC = (HEARTBEAT_INTERVAL_MS + HEARTBEAT_DEADLINE_MS) / 1000;

async function lines(end: AtTheEnd, given?: Routes) {
  const clocks = { relay: new FakeClock(), node: fakeClock(), device: new StepClock() };
  const api = given ?? (await startRoutes(end));
  api.on("/hello", (_, response) => response.end("hello"));
  const relay = await startTestRelay({}, clocks.relay);
  end(() => {
    const closed = relay.close();
    // Whatever it would wait for.
    clocks.relay.advance(60_000);
    return closed;
  });
  const nodeLine = await startLine(relay.port);
  end(() => nodeLine.close());
  const deviceLine = await startLine(relay.port);
  end(() => deviceLine.close());
  const node = await startCoreNode({ relay: nodeLine.origin, api: api.origin, clock: clocks.node });
  end(() => node.node.stop());
  const device = await pairDevice({
    text: await node.link(),
    relay: deviceLine.origin,
    clock: clocks.device,
    now: clocks.device.now,
  });
  const states: SessionState[] = [];
  const session = device.connect({ stateChanged: (state) => states.push(state) });
  end(() => session.close());
  await sessionIs(session, "connected");
  /** Why the session was ever without a connection. */
  const problems = () =>
    states.flatMap((state) => ("problem" in state && state.problem ? [state.problem.code] : []));
  return { clocks, api, relay, nodeLine, deviceLine, node, device, session, problems };
}

interface Advancing {
  advance(ms: number): void;
}

/** Lets time pass, second by second, with room for everything that is under way on loopback. */
async function pass(seconds: number, clocks: readonly Advancing[]): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    for (const clock of clocks) clock.advance(1_000);
    await settle();
  }
}

/** Lets time pass until it settles. */
async function passUntil<Value>(promise: Promise<Value>, clocks: readonly Advancing[]): Promise<Value> {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  settled.catch(() => undefined);
  while (!isSettled) await pass(1, clocks);
  return settled;
}

describe("a line that goes dead without a word", () => {
  it("to a device is noticed by the device, which connects anew and asks again", async () => {
    const { clocks, deviceLine, session, problems } = await lines(atTheEnd);
    deviceLine.silence();
    const answer = hello(session);
    await pass(DEVICE_SILENCE_SEC - 1, [clocks.device]);
    expect(problems()).toEqual([]);
    await pass(2, [clocks.device]);
    expect(problems()).toContain("no_answer");
    expect(await passUntil(answer, [clocks.device])).toBe("hello");
  });

  it("to a device is noticed by the relay, and the node hears that it has gone", async () => {
    const { clocks, deviceLine, node, device, session } = await lines(atTheEnd);
    deviceLine.silence();
    session.close();
    expect(node.node.isConnected(device.record.deviceId)).toBe(true);
    await pass(SILENCE_SEC, [clocks.relay]);
    expect(node.node.isConnected(device.record.deviceId)).toBe(false);
    // Nobody else was taken for dead.
    expect(node.node.relayState.kind).toBe("connected");
  });

  it("to the node is noticed by the node, whose new connection takes the old one's place at once", async () => {
    const { clocks, nodeLine, node, session } = await lines(atTheEnd);
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
    const { clocks, nodeLine, session, problems } = await lines(atTheEnd);
    nodeLine.silence();
    await pass(SILENCE_SEC, [clocks.relay]);
    await until("the device was told", () => session.state.status !== "connected");
    expect(problems()).toContain("node_offline");
  });

  it("on both sides is noticed on both, and all come together again", async () => {
    const { clocks, api, nodeLine, deviceLine, session } = await lines(atTheEnd);
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
      const all = await lines(atTheEnd);
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
    const { api, clocks, deviceLine, device, session: first } = await lines(atTheEnd);
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
    const { session, nodeLine } = await lines((end) => endings.push(end), api);
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

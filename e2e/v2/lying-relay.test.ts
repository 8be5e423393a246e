/**
 * A relay that lies, between a real node and the real client library: about requests, codes, PCs and devices. It gets
 * nothing in, learns no code, and no word of it makes a device forget its pairing.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { HEARTBEAT_DEADLINE_MS, HEARTBEAT_INTERVAL_MS } from "#shared/client/heartbeat.ts";
import { StepClock } from "#shared/client/testing/step-clock.ts";
import { startCoreNode } from "../support/core-node.ts";
import { pairDevice, sessionIs } from "../support/device.ts";
import { endingsOfEachTest } from "../support/endings.ts";
import { type HostileStage, hello, startHostileStage } from "../support/hostile-stage.ts";
import { honest, type Leg, type Message, type Rule, text } from "../support/meddler.ts";
import { startRoutes } from "../support/routes.ts";
import { until } from "../support/until.ts";
import { startWiretap } from "../support/wiretap.ts";

const atTheEnd = endingsOfEachTest();
let stage: HostileStage;

beforeEach(async () => {
  stage = await startHostileStage(atTheEnd);
});

/** The texts of nodes or clients, on their way to the relay. */
function onTexts(end: Leg["end"], replace: (text: string) => Message[] | undefined): Rule {
  return (message, toward, leg) => {
    if (leg.end !== end || toward !== "relay" || message.isBinary) return [message];
    return replace(String(message.data)) ?? [message];
  };
}

describe("a relay that puts requests of its own before the node", () => {
  it("reaches nothing, whatever it says about sessions, and gets no answer", async () => {
    const { api, meddler, node, newDevice, connected } = stage;
    const asked: string[] = [];
    api.on("/stolen", (request, response) => {
      asked.push(request.url ?? "");
      response.end("secret");
    });
    const device = await newDevice();
    const answers: string[] = [];
    meddler.rule = onTexts("node", (said) => {
      answers.push(said);
      return undefined;
    });
    const [leg] = meddler.legs.filter(({ end }) => end === "node");
    leg?.say("endpoint", text({ type: "session_opened", id: "s1", ttl: 3600, peer: "203.0.113.9" }));
    for (const fields of [{}, { session: "s1" }, { session: device.record.deviceId }]) {
      leg?.say("endpoint", text({ type: "http_proxy", id: "1", method: "GET", path: "/stolen", ...fields }));
    }
    await until("the node had seen it", () => node.events.some(({ kind }) => kind === "plaintext_dropped"));
    expect(await hello(await connected(device))).toBe("hello");
    expect(asked).toEqual([]);
    expect(answers.filter((answer) => answer.includes("http_response"))).toEqual([]);
    // It was turned away by name, so the node did look at it.
    expect(answers.map((answer) => JSON.parse(answer))).toContainEqual({ type: "session_revoke", id: "s1" });
  });
});

describe("a relay that guesses typed codes", () => {
  it("gets three, and then there is none until the owner wants one; the link works all along", async () => {
    const { meddler, node, newDevice } = stage;
    // What it forwards tells it the half of each code that is no secret.
    const routes: string[] = [];
    meddler.rule = onTexts("node", (said) => {
      for (const [, route = ""] of said.matchAll(/"route":"(\w{4})"/g)) routes.push(route);
      return undefined;
    });
    node.node.newCode();
    await until("a route was seen", () => routes.length > 0);
    for (let guess = 0; guess < 10; guess += 1) {
      // It may be right once in a million: then it is wrong on purpose.
      const isRight = node.node.offerView.typed?.code.endsWith("0000") === true;
      const code = `${routes.at(-1)}-${isRight ? "0001" : "0000"}`;
      await expect(pairDevice({ text: code, relay: meddler.origin })).rejects.toThrow();
    }
    expect(node.events.filter(({ kind }) => kind === "wrong_code")).toHaveLength(3);
    expect(node.node.offerView).toMatchObject({ typedIsPaused: true });
    expect(node.node.offerView.typed).toBeUndefined();
    expect(node.node.devices.list()).toEqual([]);
    await newDevice();
    node.node.newCode();
    await pairDevice({ text: await node.typedCode(), relay: meddler.origin });
    expect(node.node.devices.list()).toHaveLength(2);
  });
});

describe("a relay that swaps the PC", () => {
  it("for one of its own gets no session, and the device is back when the relay is honest", async () => {
    const { relay, meddler, newDevice } = stage;
    const device = await newDevice();
    const otherApi = await startRoutes(atTheEnd);
    const asked: string[] = [];
    otherApi.on("/hello", (_, response) => {
      asked.push("/hello");
      response.end("from the wrong PC");
    });
    const other = await startCoreNode({ relay: relay.origin, api: otherApi.origin, machineName: "mine" });
    atTheEnd(() => other.node.stop());
    const { record: its } = await pairDevice({ text: await other.link(), relay: relay.origin });
    meddler.rule = onTexts("client", () => [
      text({ type: "open", node_id: its.nodeId, token: its.routeToken }),
    ]);
    const arrivals = () => other.events.filter(({ kind }) => kind === "device_connected").length;
    const before = arrivals();
    const changes: unknown[] = [];
    const session = device.connect({ recordChanged: (record) => changes.push(record) });
    atTheEnd(() => session.close());
    await sessionIs(session, "waiting");
    expect(arrivals()).toBe(before);
    meddler.rule = honest;
    session.wake();
    expect(await hello(session)).toBe("hello");
    expect(changes).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("in the middle of a pairing by code learns nothing and gets nothing: the code is just used up", async () => {
    const { meddler, node } = stage;
    const CPACE_B = 0x05;
    const code = await node.typedCode();
    let swapped = 0;
    meddler.rule = (message, toward, leg) => {
      if (leg.end !== "client" || toward !== "endpoint" || message.data[0] !== CPACE_B) return [message];
      swapped += 1;
      // Type, the node's share of 32 bytes, its public key: another key there.
      const data = Buffer.concat([message.data.subarray(0, 33), randomBytes(32)]);
      return [{ ...message, data }];
    };
    await expect(pairDevice({ text: code, relay: meddler.origin })).rejects.toMatchObject({
      problem: { code: "wrong_code" },
    });
    expect(swapped).toBe(1);
    expect(node.node.devices.list()).toEqual([]);
    await until("the owner was told", () => node.events.some(({ kind }) => kind === "wrong_code"));
  });
});

describe("a relay that lies about who is there", () => {
  it.each([
    ["that the device is unknown", { type: "error", code: "denied" }, 4403, "maybe_revoked"],
    ["that the PC is away", { type: "error", code: "node_offline" }, 4503, "node_offline"],
    ["that it restarts", undefined, 1012, "relay_restarting"],
    ["that there are too many", { type: "error", code: "rate_limited", retry_ms: 1 }, 4429, "rate_limited"],
  ])("and says %s is believed in nothing but that it does not work now", async (_, said, close, problem) => {
    const { meddler, newDevice, connected } = stage;
    const changes: unknown[] = [];
    const device = await newDevice();
    const session = await connected(device, { recordChanged: (record) => changes.push(record) });
    let isLying = true;
    meddler.rule = (message, toward, leg) => {
      if (!isLying || leg.end !== "client" || toward !== "relay") return [message];
      if (said !== undefined) leg.say("endpoint", text(said));
      leg.close(close);
      return [];
    };
    const answer = session.fetch("/hello").then((response) => response.text());
    await until("the lie had arrived", () => session.state.status === "waiting");
    expect(session.state).toMatchObject({ problem: { code: problem } });
    isLying = false;
    session.wake();
    // Asked for once, and answered as soon as that was possible.
    expect(await answer).toBe("hello");
    expect(changes).toEqual([]);
  });

  it("and tells the node that a device has gone costs that connection, and the device comes again", async () => {
    const { meddler, node } = stage;
    const clock = new StepClock();
    const link = await node.link();
    const device = await pairDevice({ text: link, relay: meddler.origin, clock, now: clock.now });
    const session = device.connect();
    atTheEnd(() => session.close());
    await sessionIs(session, "connected");
    const gone = () => node.events.filter(({ kind }) => kind === "device_disconnected").length;
    const before = gone();
    const [leg] = meddler.legs.filter(({ end }) => end === "node");
    for (let channel = 1; channel < 10; channel += 1) {
      leg?.say("endpoint", text({ type: "channel_closed", channel }));
    }
    await until("the node believed it", () => gone() > before);
    const answer = hello(session);
    // The device asks for a sign of life, and there is none.
    clock.advance(HEARTBEAT_INTERVAL_MS);
    clock.advance(HEARTBEAT_DEADLINE_MS);
    session.wake();
    expect(await answer).toBe("hello");
  });

  it("and keeps a revoked device in its list gets it no further than the node's no", async () => {
    const { meddler, node, newDevice, connected } = stage;
    const device = await newDevice();
    const session = await connected(device);
    meddler.rule = onTexts("node", (said) => (said.includes('"remove"') ? [] : undefined));
    await node.node.revoke(device.record.deviceId).stored;
    await sessionIs(session, "revoked");
    const again = device.connect();
    atTheEnd(() => again.close());
    await sessionIs(again, "revoked");
    expect(again.state).toMatchObject({ problem: { code: "denied" } });
  });
});

describe("an old relay that echoes the subprotocol", () => {
  it("hears not one word from a node, nor from a device", async () => {
    const old = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(old, "listening");
    const { port } = old.address() as AddressInfo;
    atTheEnd(() => {
      for (const socket of old.clients) socket.terminate();
      old.close();
    });
    // As the first implementation does with whatever it does not understand.
    old.on("connection", (socket) => socket.send(JSON.stringify({ type: "pong", ts: 1 })));
    const tap = await startWiretap(port);
    atTheEnd(() => tap.close());

    const device = await stage.newDevice();
    const session = device.connectThrough(tap.origin);
    atTheEnd(() => session.close());
    await sessionIs(session, "waiting");
    const { node } = await startCoreNode({
      relay: tap.origin,
      api: stage.api.origin,
      env: { ORA_NODE_ALLOW_PLAINTEXT: "0" },
    });
    atTheEnd(() => node.stop());
    await until("the node had given up", () => node.relayState.kind === "waiting");
    expect(node.relayState).toMatchObject({ outage: { code: "relay_too_old" } });
    expect(String(tap.received())).toMatch(/GET \/ws\/client .*GET \/ws\/node /s);
    expect(tap.receivedMessages()).toEqual([]);
  });
});

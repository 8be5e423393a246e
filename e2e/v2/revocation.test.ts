/**
 * Throwing a device out, with the owner's own command as a process, in the middle of what it does: nothing more
 * arrives, and nothing that was cut looks whole. And the milder means: reading alone, and rules.
 */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { RelaySession } from "#shared/client/relay-client.ts";
import { ask, endOf } from "../support/ask.ts";
import { bulk, MIB } from "../support/bulk.ts";
import { deferred } from "../support/deferred.ts";
import { type PairedDevice, pairDevice, sessionIs } from "../support/device.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import {
  type NodeProgram,
  ownerCommand,
  type RelayProgram,
  startConnectProgram,
  startNodeProgram,
  startRelayProgram,
} from "../support/stage.ts";
import { until } from "../support/until.ts";
import { connectV1, pairV1 } from "../support/v1-client.ts";
import { closeOf, serveWebSockets } from "../support/web-sockets.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();
let api: Routes;
let relay: RelayProgram;
let node: NodeProgram;

beforeAll(async () => {
  api = await startRoutes(atTheEnd);
  relay = await startRelayProgram(atTheEnd);
  node = await startNodeProgram(atTheEnd, { relay: relay.origin, api: api.origin });
  api.on("/hello", (_, response) => response.end("hello"));
  await node.link();
});

async function connected(device: PairedDevice): Promise<RelaySession> {
  const session = device.connect();
  afterTest(() => session.close());
  await sessionIs(session, "connected");
  return session;
}

async function newDevice(): Promise<{ id: string; session: RelaySession }> {
  const device = await pairDevice({ text: await node.freshLink(), relay: relay.origin });
  return { id: device.record.deviceId, session: await connected(device) };
}

/** Runs a command of the owner that has to work. */
async function owner(...args: string[]): Promise<readonly string[]> {
  const { code, lines } = await ownerCommand(node, ...args);
  expect(code, lines.join("\n")).toBe(0);
  return lines;
}

async function deviceIds(): Promise<string[]> {
  const { devices }: { devices: { id: string }[] } = JSON.parse((await owner("devices", "--json")).join(""));
  return devices.map(({ id }) => id);
}

/** Reads until it ends, and how. `first` is told once something has come. */
async function endOfBody(
  { body }: Pick<Response, "body">,
  first: () => void = () => undefined,
): Promise<"whole" | "cut"> {
  try {
    for await (const _ of body ?? []) first();
    return "whole";
  } catch {
    // Whatever the reason, the reader was told that this was not all.
    return "cut";
  }
}

function endless(_: unknown, response: ServerResponse): void {
  // Whoever is cut off notices by himself.
  pipeline(bulk(1_000_000 * MIB), response).catch(() => undefined);
}

describe("a program whose device is revoked", () => {
  it("has its download, its upload and its WebSocket cut, at both ends, and knows why", async () => {
    const known = await deviceIds();
    const { program, origin } = await startConnectProgram(afterTest, [await node.freshLink()]);
    const uploadEnd = deferred<"whole" | "cut">();
    const socketEnd = deferred<number>();
    api.on("/endless", endless);
    api.on("/upload", (request) => void endOf(request).then(uploadEnd.resolve));
    afterTest(serveWebSockets(api, (socket) => socket.on("close", socketEnd.resolve)));

    const download = await ask(origin, "/endless");
    const uploading = ask(origin, "/upload", { method: "POST", body: bulk(1_000_000 * MIB) });
    const socket = new WebSocket(origin.replace("http", "ws"));
    await once(socket, "open");
    const closed = closeOf(socket);
    // The download is under way.
    await once(download, "readable");

    const [id = ""] = (await deviceIds()).filter((each) => !known.includes(each));
    const ends = Promise.all([endOf(download), uploadEnd.promise, socketEnd.promise, closed]);
    await owner("revoke", id);
    const [downloaded, uploaded, atTheApi, atTheClient] = await ends;
    expect([downloaded, uploaded, atTheApi, atTheClient.code]).toEqual(["cut", "cut", 1006, 1006]);
    // Nothing of its answer had come, so it can be told why.
    const refused = await uploading;
    expect(refused.statusCode).toBe(502);
    expect(refused.headers["x-ora-connect"]).toBe("revoked");
    expect(await program.exited).toBe(1);
    expect(program.lines.at(-1)).toContain("this device was revoked on the PC");
  });
});

describe("a device that is revoked", () => {
  it("takes its children and theirs with it, in the middle of what they do, and nobody else", async () => {
    api.on("/endless", endless);
    const parent = await newDevice();
    const other = await newDevice();
    const child = await pairDevice({ text: await parent.session.grant(), relay: relay.origin });
    const childSession = await connected(child);
    const started = deferred();
    const end = endOfBody(await childSession.fetch("/endless"), started.resolve);
    await started.promise;
    expect((await owner("devices")).join("\n")).toContain(`let in by ${parent.id}`);

    const lines = await owner("revoke", parent.id);
    expect(lines).toHaveLength(2);
    expect(await end).toBe("cut");
    await sessionIs(childSession, "revoked");
    await sessionIs(parent.session, "revoked");
    expect(await (await other.session.fetch("/hello")).text()).toBe("hello");
    expect(await deviceIds()).toEqual(expect.not.arrayContaining([parent.id, child.record.deviceId]));
  });

  it("is out also where it connects anew, and may be paired again as somebody new", async () => {
    const device = await pairDevice({ text: await node.freshLink(), relay: relay.origin });
    const first = await connected(device);
    await owner("revoke", device.record.deviceId);
    await sessionIs(first, "revoked");
    // The relay knows it no more. That is only a hint, so it goes on asking; it never gets in.
    const stubborn = device.connect();
    afterTest(() => stubborn.close());
    await until("it was turned away", () => stubborn.state.status === "waiting");
    expect(stubborn.state).toMatchObject({ problem: { code: "maybe_revoked" } });
    const again = await newDevice();
    expect(again.id).not.toBe(device.record.deviceId);
    expect(await (await again.session.fetch("/hello")).text()).toBe("hello");
  });

  it("with all others leaves nobody", async () => {
    const sessions = [(await newDevice()).session, (await newDevice()).session];
    await owner("revoke", "--all");
    for (const session of sessions) await sessionIs(session, "revoked");
    expect(await owner("devices")).toEqual(["no device is paired"]);
  });
});

describe("a plaintext session that is revoked", () => {
  it("has its requests ended, its socket closed with 4403, and its token is worth nothing", async () => {
    const { body } = await pairV1(relay.origin, await node.plaintextCode());
    const token = String(body.token);
    const client = await connectV1(relay.origin, token);
    afterTest(() => client.close());
    const hangs = deferred();
    const left = deferred();
    api.on("/hang", (_, response) => {
      response.on("close", () => left.resolve());
      hangs.resolve();
    });
    const answer = client.request({ path: "/hang" });
    await hangs.promise;
    const [id = ""] = (await owner("devices")).join("\n").match(/^plaintext:\S+/m) ?? [];
    const closed = closeOf(client.socket);
    await owner("revoke", id);
    expect((await closed).code).toBe(4403);
    expect(await answer).toMatchObject({ error: expect.any(String) });
    await left.promise;
    const retry = await connectV1(relay.origin, token);
    expect((await closeOf(retry.socket)).code).toBe(4403);
  });
});

describe("a device that may only look", () => {
  it("gets what it asks for and changes nothing, from this moment on", async () => {
    afterTest(serveWebSockets(api, () => undefined));
    const { id, session } = await newDevice();
    expect((await session.fetch("/hello", { method: "POST" })).status).toBe(200);
    const open = session.webSocket("/socket");
    const closed = new Promise<number>((resolve) => {
      open.onclose = ({ code }) => resolve(code);
    });
    await new Promise<void>((resolve) => {
      open.onopen = resolve;
    });

    await owner("read-only", id, "on");
    // What was open could go on changing things, so it ends.
    expect(await closed).toBe(1006);
    for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
      const refused = await session.fetch("/hello", { method });
      expect(refused.status).toBe(403);
      expect(refused.headers.get("x-ora-refused")).toBe("read_only");
      expect(await refused.json()).toMatchObject({ error: "forbidden", reason: "read_only" });
    }
    expect((await session.fetch("/hello")).status).toBe(200);
    await owner("read-only", id, "off");
    expect((await session.fetch("/hello", { method: "POST" })).status).toBe(200);
  });
});

describe("a rule of the owner", () => {
  it("holds at once, for every device or for one, on every spelling of the path", async () => {
    const one = await newDevice();
    const two = await newDevice();
    const asked: string[] = [];
    for (const path of ["/admin", "/admin/x", "/public"]) {
      api.on(path, (request, response) => {
        asked.push(`${request.method} ${request.url}`);
        response.end();
      });
    }
    const status = async (session: RelaySession, path: string, method = "GET") => {
      const response = await session.fetch(path, { method });
      await response.arrayBuffer();
      return response.status === 403 ? response.headers.get("x-ora-refused") : response.status;
    };
    expect(await status(one.session, "/admin/x")).toBe(200);
    await owner("rules", "add", "deny", "POST", "/admin");
    await owner("rules", "add", "deny", "/public", "device", one.id);
    asked.length = 0;
    expect(await status(one.session, "/admin/x", "POST")).toBe("denied_by_rule");
    expect(await status(one.session, "/ADMIN/x", "POST")).toBe("denied_by_rule");
    expect(await status(one.session, "/%61dmin/x", "POST")).toBe("denied_by_rule");
    expect(await status(one.session, "/x%2f..%2fadmin/x", "POST")).toBe("ambiguous_path");
    expect(await status(one.session, "/public")).toBe("denied_by_rule");
    expect(asked).toEqual([]);
    expect(await status(two.session, "/public")).toBe(200);
    expect(await status(one.session, "/admin/x")).toBe(200);
    expect(asked).toEqual(["GET /public", "GET /admin/x"]);
    await owner("rules", "remove", "1");
    await owner("rules", "remove", "2");
    expect(await status(one.session, "/admin/x", "POST")).toBe(200);
  });
});

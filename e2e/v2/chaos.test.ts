/**
 * Programs that are killed in the middle of everything, and started again. What was under way is either whole and right
 * or said to be cut, at both ends; and everybody is back without pairing.
 */
import { once } from "node:events";
import { beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { RelaySession } from "#shared/client/relay-client.ts";
import { ask, endOf, textOf } from "../support/ask.ts";
import { bulk, MIB } from "../support/bulk.ts";
import { deferred } from "../support/deferred.ts";
import { type PairedDevice, pairDevice, sessionIs } from "../support/device.ts";
import { endingsOfEachTest } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import {
  freshDirectory,
  type NodeProgram,
  ownerCommand,
  type RelayProgram,
  startConnectProgram,
  startNodeProgram,
  startRelayProgram,
} from "../support/stage.ts";
import { closeOf, serveWebSockets } from "../support/web-sockets.ts";
import { createWorkload } from "../support/workload.ts";

const atTheEnd = endingsOfEachTest();
let api: Routes;
let relay: RelayProgram;
let node: NodeProgram;

beforeEach(async () => {
  api = await startRoutes(atTheEnd);
  api.on("/hello", (_, response) => response.end("hello"));
  relay = await startRelayProgram(atTheEnd, { ORA_RELAY_PORT: String(await freePort()) });
  node = await startNodeProgram(atTheEnd, { relay: relay.origin, api: api.origin });
});

const relayAgain = () => startRelayProgram(atTheEnd, { ORA_RELAY_PORT: String(relay.port) });
const hello = async (session: RelaySession) => (await session.fetch("/hello")).text();

/** Pairs so many devices and connects each. */
async function connectedDevices(count: number): Promise<RelaySession[]> {
  const devices: PairedDevice[] = [];
  while (devices.length < count) {
    devices.push(await pairDevice({ text: await node.freshLink(), relay: relay.origin }));
  }
  return devices.map((device) => {
    const session = device.connect();
    atTheEnd(() => session.close());
    return session;
  });
}

async function kill({ program }: Pick<RelayProgram, "program">, signal: NodeJS.Signals): Promise<void> {
  program.kill(signal);
  await program.exited;
}

describe("the relay", () => {
  it.each(["SIGKILL", "SIGTERM"] as const)(
    "ended with %s during 50 open streams cuts them all, and every device is back without pairing",
    async (signal) => {
      const work = createWorkload(api);
      const sessions = await connectedDevices(5);
      const held = sessions.flatMap((session) => [
        ...[100, 300_000, 2_000_000].map((bytes) => work.download(session, 4 * MIB, bytes)),
        ...[1, 200_000, 1_000_000].map((bytes) => work.upload(session, 3 * MIB, bytes)),
        work.events(session),
        work.events(session),
        work.conversation(session),
        work.conversation(session),
      ]);
      expect(held).toHaveLength(50);
      await Promise.all(held.map(({ begun }) => begun));
      // Beside those that are open for certain, some that may be through by then, or not.
      const free = sessions.flatMap((session) =>
        [1, 5 * MIB, 20 * MIB].map((length) => work.download(session, length, length)),
      );
      await free[0]?.begun;
      await kill(relay, signal);
      expect(await Promise.all(held.map(({ outcome }) => outcome))).toEqual(held.map(() => "cut"));
      const atTheApi = await work.uploadsAtTheApi();
      expect(atTheApi).toEqual(Array(15).fill("cut"));
      await relayAgain();
      work.release();
      for (const { outcome } of free) expect(["right", "cut"]).toContain(await outcome);
      for (const session of sessions) expect(await hello(session)).toBe("hello");
      const { lines } = await ownerCommand(node, "devices", "--json");
      expect(JSON.parse(lines.join("")).devices).toHaveLength(sessions.length);
    },
  );

  it("killed five times in a row is found again each time, by the node and by every device", async () => {
    const sessions = await connectedDevices(2);
    let running = relay;
    for (let round = 0; round < 5; round += 1) {
      for (const session of sessions) {
        expect(await hello(session)).toBe("hello");
        await sessionIs(session, "connected");
      }
      await kill(running, "SIGKILL");
      running = await relayAgain();
    }
    for (const session of sessions) expect(await hello(session)).toBe("hello");
  });
});

/** A download, an upload and a WebSocket of plain programs, all under way, and how they end at either side. */
async function plainWork(origin: string) {
  const uploadEnd = deferred<"whole" | "cut">();
  const socketEnd = deferred<number>();
  const downloadEnd = deferred();
  api.on("/endless", (_, response) => {
    response.on("close", () => downloadEnd.resolve());
    bulk(1_000_000 * MIB).pipe(response);
  });
  const uploadBegun = deferred();
  api.on("/upload", (request) => {
    request.once("data", () => uploadBegun.resolve());
    void endOf(request).then(uploadEnd.resolve);
  });
  serveWebSockets(api, (socket) => socket.on("close", socketEnd.resolve));
  const download = await ask(origin, "/endless");
  await once(download, "readable");
  const uploading = ask(origin, "/upload", { method: "POST", body: bulk(1_000_000 * MIB) });
  const uploaded = uploading.then(
    ({ statusCode }) => statusCode,
    () => "no answer",
  );
  const socket = new WebSocket(origin.replace("http", "ws"));
  await once(socket, "open");
  const closed = closeOf(socket);
  await uploadBegun.promise;
  return {
    atTheClient: async () => [await endOf(download), await uploaded, (await closed).code],
    atTheApi: async () => [await downloadEnd.promise, await uploadEnd.promise, await socketEnd.promise],
  };
}

describe("the node", () => {
  it("killed in the middle of transfers cuts them at both sides, and comes back with its devices", async () => {
    const { origin } = await startConnectProgram(atTheEnd, [await node.freshLink()]);
    const { atTheApi, atTheClient } = await plainWork(origin);
    await kill(node, "SIGKILL");
    // There had been no answer to the upload, so it gets one that says what is wrong.
    expect(await atTheClient()).toEqual(["cut", 502, 1006]);
    expect(await atTheApi()).toEqual([undefined, "cut", 1006]);
    await startNodeProgram(atTheEnd, { relay: relay.origin, api: api.origin, env: node.env });
    expect(await textOf(await ask(origin, "/hello"))).toBe("hello");
  });
});

describe("ora-connect", () => {
  it("killed in the middle of transfers cuts them at both sides, and comes back by itself", async () => {
    const env = { ORA_NODE_SECRETS: "file", ORA_NODE_STATE_DIR: await freshDirectory(atTheEnd) };
    const first = await startConnectProgram(atTheEnd, [await node.freshLink()], env);
    const { atTheApi, atTheClient } = await plainWork(first.origin);
    await kill(first, "SIGKILL");
    expect(await atTheClient()).toEqual(["cut", "no answer", 1006]);
    expect(await atTheApi()).toEqual([undefined, "cut", 1006]);
    const again = await startConnectProgram(atTheEnd, [], env);
    expect(await textOf(await ask(again.origin, "/hello"))).toBe("hello");
  });

  // Windows has no signals: there a program is ended without being asked.
  it.skipIf(process.platform === "win32")(
    "that is stopped, like the others, ends at once and with no complaint",
    async () => {
      const { program, origin } = await startConnectProgram(atTheEnd, [await node.freshLink()]);
      const { atTheClient } = await plainWork(origin);
      expect(await program.stop()).toBe(0);
      expect((await atTheClient())[0]).toBe("cut");
      expect(await node.program.stop()).toBe(0);
      expect(await relay.program.stop()).toBe(0);
    },
  );
});

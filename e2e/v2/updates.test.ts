/**
 * An update of the relay while devices are at work: it is told to stop, and another one starts in its place. What was
 * asked safely is asked again by itself, what was not is told by name, and nobody has to pair again.
 */
import { beforeEach, expect, it } from "vitest";
import type { RelaySession } from "#shared/client/relay-client.ts";
import type { SessionState } from "#shared/client/session-state.ts";
import { ask } from "../support/ask.ts";
import { bulk, MIB } from "../support/bulk.ts";
import { deferred } from "../support/deferred.ts";
import { pairDevice, sessionIs } from "../support/device.ts";
import { endingsOfEachTest } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import {
  type NodeProgram,
  ownerCommand,
  type RelayProgram,
  startConnectProgram,
  startNodeProgram,
  startRelayProgram,
} from "../support/stage.ts";

const atTheEnd = endingsOfEachTest();
let api: Routes;
let relay: RelayProgram;
let node: NodeProgram;
let session: RelaySession;
let states: SessionState[];

beforeEach(async () => {
  states = [];
  api = await startRoutes(atTheEnd);
  api.on("/hello", (_, response) => response.end("hello"));
  relay = await startRelayProgram(atTheEnd, { ORA_RELAY_PORT: String(await freePort()) });
  node = await startNodeProgram(atTheEnd, { relay: relay.origin, api: api.origin });
  const device = await pairDevice({ text: await node.freshLink(), relay: relay.origin });
  session = device.connect({ stateChanged: (state) => states.push(state) });
  atTheEnd(() => session.close());
  await sessionIs(session, "connected");
});

/** Ends the relay as an update does, and starts the next one. */
async function update(): Promise<number | null> {
  relay.program.kill("SIGTERM");
  const code = await relay.program.exited;
  relay = await startRelayProgram(atTheEnd, { ORA_RELAY_PORT: String(relay.port) });
  return code;
}

/** The API answers the first request of each path only once it has been asked again, if ever. */
function slowAt(path: string) {
  const asked = deferred();
  const seen: string[] = [];
  api.on(path, (request, response) => {
    request.resume();
    seen.push(request.method ?? "");
    asked.resolve();
    if (seen.length > 1) response.end(`answer ${seen.length}`);
  });
  return { asked: asked.promise, seen };
}

it("is nothing to a request that can be repeated: it is asked again, and answered by the PC through the next relay", async () => {
  const slow = slowAt("/slow");
  const answer = session.fetch("/slow");
  await slow.asked;
  expect(await update()).toBe(0);
  expect(await (await answer).text()).toBe("answer 2");
  expect(slow.seen).toEqual(["GET", "GET"]);
});

it("ends one that cannot be repeated by name, and the PC has been asked once", async () => {
  const slow = slowAt("/order");
  const answer = session.fetch("/order", { method: "POST", body: "one, please" });
  const failure = answer.then(
    () => "an answer",
    (error) => error.code,
  );
  await slow.asked;
  await update();
  expect(await failure).toBe("relay_restarting");
  expect(await (await session.fetch("/hello")).text()).toBe("hello");
  expect(slow.seen).toEqual(["POST"]);
});

it("ends an answer in the middle as truncated, at both ends", async () => {
  const cutAtTheApi = deferred();
  api.on("/endless", (_, response) => {
    response.on("close", cutAtTheApi.resolve);
    bulk(1_000_000 * MIB).pipe(response);
  });
  const { body } = await session.fetch("/endless");
  const reader = body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  const reading = (async () => {
    while (!(await reader?.read())?.done);
  })();
  const failure = reading.then(
    () => "its end",
    (error) => error.code,
  );
  await update();
  expect(await failure).toBe("truncated");
  await cutAtTheApi.promise;
});

it("is told to whoever looks as what it is, takes no device away, and is over by itself", async () => {
  const { origin } = await startConnectProgram(atTheEnd, [await node.freshLink()]);
  for (let round = 0; round < 3; round += 1) {
    await update();
    expect(await (await session.fetch("/hello")).text()).toBe("hello");
    expect((await ask(origin, "/hello")).statusCode).toBe(200);
    await sessionIs(session, "connected");
  }
  const problems = states.flatMap((state) =>
    "problem" in state && state.problem ? [state.problem.code] : [],
  );
  expect(problems).toContain("relay_restarting");
  // While there is no relay, and while the PC is not back yet.
  for (const code of problems) {
    expect(["relay_restarting", "relay_unreachable", "connection_lost", "node_offline"]).toContain(code);
  }
  const { lines } = await ownerCommand(node, "devices", "--json");
  expect(JSON.parse(lines.join("")).devices).toHaveLength(2);
});

// Windows has no signals.
it.skipIf(process.platform === "win32")("does not wait for a program that does not answer", async () => {
  const { program } = await startConnectProgram(atTheEnd, [await node.freshLink()]);
  program.kill("SIGSTOP");
  atTheEnd(() => program.kill("SIGCONT"));
  expect(await update()).toBe(0);
  expect(await (await session.fetch("/hello")).text()).toBe("hello");
});

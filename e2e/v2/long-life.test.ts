/** A session that lives on for days, between a real relay, node and device whose clocks a test moves. */
import { expect, it } from "vitest";
import { pass, startClockwork } from "../support/clockwork.ts";
import { deferred } from "../support/deferred.ts";
import { sessionIs } from "../support/device.ts";
import { endingsOfEachTest } from "../support/endings.ts";

const HOUR_SEC = 3_600;
/** Short enough for every sign of life to be given in time. */
const STEP_SEC = 12;

const atTheEnd = endingsOfEachTest();

it("moves to a new channel before the old one is too old, and what was open there may go on for an hour", async () => {
  const { clocks, api, deviceLine, session, problems } = await startClockwork(atTheEnd);
  // The node counts the hours, and the relay how much the node says in them. A day of the device's signs of life within
  // seconds would be a flood to the node.
  const hours = [clocks.node, clocks.relay];
  const opened = deferred<(text: string) => void>();
  api.on("/events", (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    opened.resolve((text) => void response.write(text));
  });
  const { body } = await session.fetch("/events");
  const push = await opened.promise;
  const reader = body?.getReader();
  const next = async (text: string) => {
    push(text);
    return new TextDecoder().decode((await reader?.read())?.value);
  };
  const hello = async () => (await session.fetch("/hello")).text();

  await pass(23 * HOUR_SEC - 60, hours, STEP_SEC);
  expect(await next("before")).toBe("before");
  expect(deviceLine.open).toBe(1);

  await pass(120, hours, STEP_SEC);
  expect(deviceLine.open).toBe(2);
  expect(await hello()).toBe("hello");
  expect(await next("beside")).toBe("beside");

  await pass(HOUR_SEC, hours, STEP_SEC);
  await expect(next("after")).rejects.toThrow();
  expect(deviceLine.open).toBe(1);
  expect(await hello()).toBe("hello");

  // And so on, without the session ever having been without a connection.
  await pass(23 * HOUR_SEC, hours, STEP_SEC);
  expect(await hello()).toBe("hello");
  await sessionIs(session, "connected");
  expect(problems()).toEqual([]);
});

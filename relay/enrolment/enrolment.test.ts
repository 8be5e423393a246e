import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RawSocket } from "../testing/raw-socket.ts";
import { RelayHarness } from "../testing/relay-harness.ts";
import { NodeKey, proving } from "../testing/v2-endpoints.ts";
import { KEY_FILE_CHECK_MS } from "./enrolment.ts";
import { updateKeyFile } from "./key-file.ts";
import { runKeysCommand } from "./keys-command.ts";

let directory: string;
let file: string;
let relay: RelayHarness;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "enrolment-"));
  file = join(directory, "keys.json");
});
afterEach(async () => {
  await relay?.stop();
  await rm(directory, { recursive: true });
});

/** What the command prints: for `add` the key. */
async function keys(...args: string[]): Promise<string> {
  let printed = "";
  await runKeysCommand({
    args,
    file,
    now: relay?.clock.unixSeconds() ?? 0,
    print: (line) => {
      printed = line;
    },
    remark: () => undefined,
  });
  return printed;
}

const start = async (environment: Record<string, string> = {}) => {
  relay = await RelayHarness.start({ ORA_RELAY_ENROLL_KEYS_FILE: file, ...environment });
};

/** The file is looked at once more. In between there is real time, for sockets answer pings in it. */
async function nextCheck(): Promise<void> {
  relay.clock.advance(KEY_FILE_CHECK_MS);
  await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Lets the relay's time pass until something has come of it. */
async function inTime<T>(event: Promise<T>): Promise<T> {
  let isDone = false;
  const settled = () => {
    isDone = true;
  };
  event.then(settled, settled);
  while (!isDone) {
    await nextCheck();
  }
  return event;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (await condition()) return;
    await nextCheck();
  }
}

/** A node that has registered with a key. */
async function registered(enroll: string): Promise<RawSocket> {
  const socket = await proving(relay, new NodeKey(), { enroll });
  expect((await socket.next()).type).toBe("node_ready");
  expect((await socket.send({ type: "register" }).next()).type).toBe("registered");
  return socket;
}

async function mayRegister(enroll?: string): Promise<boolean> {
  const socket: RawSocket = await proving(relay, new NodeKey(), enroll === undefined ? {} : { enroll });
  const answer = await socket.next();
  socket.ws.terminate();
  return answer.type === "node_ready";
}

const REFUSED = { code: 4401, reason: "enrolment_refused" };

describe("a relay with a file of enrolment keys", () => {
  it("takes each of its keys, the one of its configuration, and no other", async () => {
    const [one, two] = [await keys("add", "one"), await keys("add", "two")];
    await start({ ORA_RELAY_ENROLL_KEY: "0123456789abcdef" });
    expect(await mayRegister(one)).toBe(true);
    expect(await mayRegister(two)).toBe(true);
    expect(await mayRegister("0123456789abcdef")).toBe(true);
    for (const wrong of [undefined, "", "one", `${one}x`, one.slice(1)]) {
      expect(await mayRegister(wrong)).toBe(false);
    }
  });

  it("takes a key that was added while it runs", async () => {
    await keys("add", "one");
    await start();
    const later = await keys("add", "later");
    await until(() => mayRegister(later));
  });

  it("sends the nodes of a revoked key away, and no others", async () => {
    const [one, two] = [await keys("add", "one"), await keys("add", "two")];
    await start();
    const first = await registered(one);
    const second = await registered(two);
    await keys("revoke", "one");
    expect(await inTime(first.closed)).toEqual(REFUSED);
    expect(await mayRegister(one)).toBe(false);
    expect(second.ws.readyState).toBe(second.ws.OPEN);
  });

  it("sends the nodes of an expired key away", async () => {
    const brief = await keys("add", "brief", "--days", "1");
    const expires = 1_700_000_000 + 10;
    await updateKeyFile(file, (keys) => keys.map((key) => ({ ...key, expires })));
    await start();
    const node = await registered(brief);
    relay.clock.advance((expires - relay.clock.unixSeconds() - 1) * 1000);
    expect(await mayRegister(brief)).toBe(true);
    relay.clock.advance(1_000);
    expect(await mayRegister(brief)).toBe(false);
    expect(await inTime(node.closed)).toEqual(REFUSED);
  });

  it("goes on with what it knows when the file is damaged or gone, and says so once", async () => {
    const one = await keys("add", "one");
    await start();
    const problems = () => relay.logged.filter((line) => line.includes("enrolment keys not read"));
    await writeFile(file, "{");
    await until(async () => problems().length === 1);
    await rm(file);
    await until(async () => problems().length === 2);
    for (let i = 0; i < 5; i += 1) expect(await mayRegister(one)).toBe(true);
    relay.clock.advance(5 * KEY_FILE_CHECK_MS);
    expect(problems().map((line) => JSON.parse(line).problem)).toEqual(["keys_damaged", "keys_missing"]);
  });

  it("does not start without it", async () => {
    await expect(start()).rejects.toMatchObject({ code: "keys_missing" });
    await writeFile(file, "x");
    await expect(start()).rejects.toMatchObject({ code: "keys_damaged" });
  });

  it("refuses v1 nodes, which can prove nothing", async () => {
    await keys("add", "one");
    await start();
    const node = await relay.node("v1");
    expect(await node.closed).toEqual({ code: 4426, reason: "enrollment_required" });
  });

  it("logs no key and no name", async () => {
    const one = await keys("add", "the secret name");
    await start();
    expect(await mayRegister(one)).toBe(true);
    await keys("revoke", "the secret name");
    await until(async () => !(await mayRegister(one)));
    expect(relay.logged.join("")).not.toMatch(/the secret name/);
    expect(relay.logged.join("")).not.toContain(one);
  });
});

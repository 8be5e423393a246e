import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Mailbox, mailbox } from "../core/testing/mailbox.ts";
import { startRelayProcess } from "./relay-process.ts";

const STAY = "setInterval(() => {}, 1000);";
const LISTEN = 'console.log("SETTING=1"); console.log("relay listening on http://127.0.0.1:4321");';

describe("the relay as a child process", () => {
  let directory: string;
  let errors: Mailbox<string>;
  const stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "ora-relay-process-"));
    errors = mailbox();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await rm(directory, { recursive: true });
  });

  async function start(code: string) {
    const program = join(directory, "relay.mjs");
    await writeFile(program, code);
    const relay = await startRelayProcess({
      program,
      env: { PATH: process.env.PATH, MARK: "mine" },
      printError: (line) => errors.put(line),
    });
    stops.push(relay.stop);
    return relay;
  }

  it("is ready when it says where it listens, and has the environment it was given", async () => {
    const relay = await start(`${LISTEN} ${STAY} setTimeout(() => console.log(process.env.MARK), 50);`);
    expect(relay.url).toBe("http://127.0.0.1:4321");
    expect(await errors.next()).toBe("mine");
  });

  it("passes on what it logs once it runs, from both streams", async () => {
    await start(`${LISTEN} ${STAY} setTimeout(() => { console.log("a"); console.error("b"); }, 50);`);
    expect(new Set([await errors.next(), await errors.next()])).toEqual(new Set(["a", "b"]));
  });

  it("says in its own words why it does not start", async () => {
    const started = start('console.error("relay: the port is in use"); process.exitCode = 1;');
    await expect(started).rejects.toMatchObject({
      message: "relay: the port is in use",
      exitCode: 1,
    });
    const silent = start("process.exitCode = 78;");
    await expect(silent).rejects.toMatchObject({ code: "relay_start_failed", exitCode: 78 });
    await expect(silent).rejects.toThrow("exit code 78");
  });

  it("tells that it died by itself, and how", async () => {
    const byExit = await start(`${LISTEN} setTimeout(() => process.exit(7), 50);`);
    expect(await byExit.died).toBe("exit code 7");
    const bySignal = await start(
      `${LISTEN} ${STAY} setTimeout(() => process.kill(process.pid, "SIGKILL"), 50);`,
    );
    expect(await bySignal.died).toMatch(process.platform === "win32" ? /exit code/ : "signal SIGKILL");
  });

  it("is asked to end before it is made to", async () => {
    const relay = await start(
      `process.on("SIGTERM", () => { console.log("ending"); setTimeout(() => process.exit(0), 20); }); ${LISTEN} ${STAY}`,
    );
    await relay.stop();
    if (process.platform !== "win32") expect(await errors.next()).toBe("ending");
    await relay.stop();
  });

  it("ends by itself when whoever started it is gone", async () => {
    const relay = await start(`${LISTEN} ${STAY} setTimeout(() => process.disconnect(), 50);`);
    expect(await relay.died).toBeTruthy();
  });

  it("says what to do when it was never built", async () => {
    const program = join(directory, "missing.mjs");
    const started = startRelayProcess({ program, env: {}, printError: () => undefined });
    await expect(started).rejects.toThrow("npm run build");
  });
});

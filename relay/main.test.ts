import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { RELAY_SETTINGS } from "./config.ts";

const BUILD_SCRIPT = join(import.meta.dirname, "..", "esbuild.config.mjs");

let directory: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "relay-main-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(directory, { recursive: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
}

function run(environment: Record<string, string>, args: string[] = []): Run {
  const child = spawn(process.execPath, [BUILD_SCRIPT, "run", "relay", "--", ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, ...environment },
  });
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, output: () => output, exited };
}

async function listening(relay: Run): Promise<number> {
  for (;;) {
    const port = /relay listening on http:\/\/127\.0\.0\.1:(\d+)\n/.exec(relay.output())?.[1];
    if (port !== undefined) return Number(port);
    const ended = await Promise.race([
      relay.exited.then(() => true),
      new Promise((resolve) => relay.child.stdout?.once("data", () => resolve(false))),
    ]);
    if (ended === true) throw new Error(`it ended: ${relay.output()}`);
  }
}

describe("the relay program", () => {
  it("shows its configuration without the secret, serves, and ends with 0 when told", async () => {
    writeFileSync(join(directory, ".env"), "ORA_RELAY_MAX_PENDING=7\nORA_NODE_NAME=other program's\n");
    const relay = run({ ORA_RELAY_PORT: "0", ORA_RELAY_ENROLL_KEY: "0123456789abcdef" });
    const port = await listening(relay);
    expect(relay.output()).toContain("ORA_RELAY_MAX_PENDING=7\n");
    expect(relay.output()).toContain("ORA_RELAY_ENROLL_KEY=(hidden)\n");
    expect(relay.output()).not.toContain("0123456789abcdef");
    const node = new WebSocket(`ws://127.0.0.1:${port}/ws/node`, ["ora.v2"]);
    await new Promise((resolve) => node.once("open", resolve));
    const closed = new Promise((resolve) => node.once("close", resolve));
    relay.child.kill("SIGTERM");
    expect(await closed).toBe(1012);
    expect(await relay.exited).toBe(0);
  });

  it.runIf(process.platform !== "win32")("ends as cleanly when its terminal goes away", async () => {
    const relay = run({ ORA_RELAY_PORT: "0" });
    await listening(relay);
    relay.child.kill("SIGHUP");
    expect(await relay.exited).toBe(0);
  });

  it("takes two signals of one Ctrl-C, which npm passes on, for one", async () => {
    const relay = run({ ORA_RELAY_PORT: "0" });
    await listening(relay);
    relay.child.kill("SIGINT");
    relay.child.kill("SIGINT");
    expect(await relay.exited).toBe(0);
  });

  it("ends at once at another signal a while later", async () => {
    const relay = run({ ORA_RELAY_PORT: "0" });
    const port = await listening(relay);
    // A peer that does not answer the close keeps the clean end waiting.
    const node = new WebSocket(`ws://127.0.0.1:${port}/ws/node?node_id=pc`);
    await new Promise((resolve) => node.once("open", resolve));
    node.pause();
    relay.child.kill("SIGINT");
    while (!relay.output().includes('"stopping"')) {
      await new Promise((resolve) => relay.child.stdout?.once("data", resolve));
    }
    const impatience = setInterval(() => relay.child.kill("SIGINT"), 100);
    expect(await relay.exited).toBe(130);
    clearInterval(impatience);
    node.terminate();
  });

  it("says which port is in use, in one line", async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, "127.0.0.1", () => resolve(Object(holder.address()).port));
    });
    const relay = run({ ORA_RELAY_PORT: String(port) });
    expect(await relay.exited).toBe(1);
    expect(relay.output()).toContain(`cannot listen on 127.0.0.1:${port}: the port is in use`);
    expect(relay.output()).not.toContain("    at ");
    holder.close();
  });

  it("answers --help with every setting, and --version, and refuses other arguments", async () => {
    const help = run({}, ["--help"]);
    expect(await help.exited).toBe(0);
    expect(help.output()).toMatch(
      /ORA_RELAY_PORT \(9010\)\n +the port to listen on; .*\n +allowed: a whole number/,
    );
    const settings = help.output().match(/^ {2}ORA_RELAY_.*\n {6}[a-zA-Z1].*\n {6}allowed: ./gm);
    expect(settings).toHaveLength(Object.keys(RELAY_SETTINGS).length);
    const version = run({}, ["--version"]);
    expect(await version.exited).toBe(0);
    expect(version.output()).toMatch(/^ora-relay \d+\.\d+\.\d+\n$/);
    const wrong = run({}, ["--port", "80"]);
    expect(await wrong.exited).toBe(64);
    expect(wrong.output()).toBe('ora-relay: unknown argument "--port"; try --help\n');
  });

  it.runIf(process.platform !== "win32")(
    "stops with 78 and one line at a .env that others can write",
    async () => {
      writeFileSync(join(directory, ".env"), "ORA_RELAY_PORT=0\n");
      chmodSync(join(directory, ".env"), 0o666);
      const relay = run({});
      expect(await relay.exited).toBe(78);
      expect(relay.output()).toMatch(/^relay: \S+\.env can be changed by other users: [^\n]+\n$/);
    },
  );

  it("says where its .env was", async () => {
    writeFileSync(join(directory, ".env"), "\ufeffORA_RELAY_PORT=0\n");
    const relay = run({});
    await listening(relay);
    expect(relay.output()).toContain(`settings from .env in ${realpathSync(directory)}\n`);
  });

  it("stops with 78 and one line at a .env that cannot be read", async () => {
    mkdirSync(join(directory, ".env"));
    const relay = run({ ORA_RELAY_PORT: "0" });
    expect(await relay.exited).toBe(78);
    expect(relay.output()).toMatch(/^relay: \S+\.env cannot be read \(EISDIR\): [^\n]+\n$/);
  });

  it("stops with 78 when it cannot log in to the bus as it is told, and repeats nothing of it", async () => {
    const url = "nats://s3cret@127.0.0.1:1";
    const seed = join(directory, "seed");
    const relay = () => run({ ORA_RELAY_NATS_URL: url, ORA_RELAY_NATS_NKEY_FILE: seed });
    const missing = relay();
    expect(await missing.exited).toBe(78);
    expect(missing.output()).toContain("The file of ORA_RELAY_NATS_NKEY_FILE cannot be read (ENOENT).");
    writeFileSync(seed, "no seed");
    const bad = relay();
    expect(await bad.exited).toBe(78);
    expect(bad.output()).toMatch(/relay: The nkey file has no user seed/);
    expect(missing.output() + bad.output()).not.toContain("s3cret");
  });

  it("stops with 78 at a bad value or a misspelt name", async () => {
    for (const [name, value] of [
      ["ORA_RELAY_PORT", "often"],
      ["ORA_RELAY_PROT", "1"],
    ] as const) {
      const relay = run({ [name]: value });
      expect(await relay.exited).toBe(78);
      expect(relay.output()).toContain(name);
    }
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeRelay, fakeRelay } from "../core/testing/fake-relay.ts";
import { type Mailbox, mailbox } from "../core/testing/mailbox.ts";

const SCRIPT = join(process.cwd(), "esbuild.config.mjs");

interface Program {
  readonly child: ChildProcess;
  readonly lines: Mailbox<string>;
  readonly errors: string[];
  readonly ended: Promise<number | null>;
  /** The next line that matches; those before it are dropped. */
  line(pattern: RegExp): Promise<string>;
}

describe("ora-node as a program", () => {
  let directory: string;
  let relay: FakeRelay;
  const programs: Program[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "ora-node-"));
    relay = await fakeRelay();
  });
  afterEach(async () => {
    for (const { child } of programs.splice(0)) child.kill("SIGKILL");
    await relay.close();
    await rm(directory, { recursive: true });
  });

  function run(env: Record<string, string>, args: string[] = []): Program {
    const child = spawn(process.execPath, [SCRIPT, "run", "node", "--", ...args], {
      cwd: directory,
      env: { PATH: process.env.PATH, HOME: directory, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines = mailbox<string>();
    const errors: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => lines.put(line));
    createInterface({ input: child.stderr }).on("line", (line) => errors.push(line));
    const program: Program = {
      child,
      lines,
      errors,
      ended: new Promise((resolve) => child.once("close", resolve)),
      async line(pattern) {
        for (;;) {
          const line = await lines.next();
          if (pattern.test(line)) return line;
        }
      },
    };
    programs.push(program);
    return program;
  }

  const settings = () => ({
    ORA_RELAY_URL: relay.url.href,
    ORA_NODE_SECRETS: "memory",
    ORA_NODE_API_BASE_URL: "http://127.0.0.1:1",
  });

  it("shows its settings, what it does and the code, and ends cleanly when told to", async () => {
    const node = run(settings());
    await node.line(/^ORA_NODE_API_BASE_URL=http:\/\/127\.0\.0\.1:1\/$/);
    const side = await relay.connections.next();
    const offer = (await side.messages.next()) as { code: string };
    side.send({ type: "pair_offer_ack", ok: true, expires_at: Date.now() / 1000 + 120 });
    expect(await node.line(/^pairing_code=/)).toBe(`pairing_code=${offer.code}`);
    expect(node.errors).toEqual([]);
    if (process.platform === "win32") return;
    node.child.kill("SIGTERM");
    expect(await side.closed).toBe(1001);
    expect(await node.ended).toBe(0);
  });

  it("says that the relay and the local API are away, and goes on", async () => {
    await relay.close();
    const node = run(settings());
    const troubles = [/is down since/, /cannot be reached.*trying again in \d+ s/];
    const either = new RegExp(troubles.map(({ source }) => source).join("|"));
    // Whichever comes first.
    for (const said of [await node.line(either), await node.line(either)]) {
      troubles.splice(0, 2, ...troubles.filter((trouble) => !trouble.test(said)));
    }
    expect(troubles).toEqual([]);
    relay = await fakeRelay(Number(relay.url.port));
    await node.line(/connected to/);
  });

  it("reads .env in the working directory", async () => {
    await writeFile(
      join(directory, ".env"),
      Object.entries({ ...settings(), ORA_RELAY_NODE_ID: "from-env-file" })
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
    const node = run({});
    expect((await relay.connections.next()).url).toContain("from-env-file");
    expect(node.errors).toEqual([]);
  });

  it.each([
    [
      "a value that is not allowed",
      { ORA_NODE_SECRETS: "safe" },
      /ORA_NODE_SECRETS="safe" is not allowed; allowed: keychain, file, memory/,
    ],
    ["a misspelt name", { ORA_NODE_SECRET: "file" }, /ORA_NODE_SECRET is set, but no such setting exists/],
    [
      "a keychain that is not there",
      { ORA_NODE_SECRETS: "", DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent" },
      /no usable keychain.*ORA_NODE_SECRETS=file/,
    ],
  ])("stops with one clear line and exit code 78 for %s", async (_, env, problem) => {
    if ("DBUS_SESSION_BUS_ADDRESS" in env && process.platform !== "linux") return;
    const node = run({ ...settings(), ...env });
    expect(await node.ended).toBe(78);
    expect(node.errors).toEqual([expect.stringMatching(problem)]);
  });

  it("stops with one clear line and exit code 78 at a .env that cannot be read", async () => {
    await mkdir(join(directory, ".env"));
    const node = run(settings());
    expect(await node.ended).toBe(78);
    expect(node.errors).toEqual([expect.stringMatching(/^ora-node: \S+\.env cannot be read \(EISDIR\)/)]);
  });

  it("answers --help and --version, and refuses other arguments", async () => {
    const help = run({}, ["--help"]);
    expect(await help.ended).toBe(0);
    expect(help.lines.takeAll().join("\n")).toContain("ORA_NODE_API_BASE_URL");
    // Also where a setting is wrong and no node runs.
    const ofCommand = run({ ORA_NODE_SECRET: "file" }, ["rules", "--help"]);
    expect(await ofCommand.ended).toBe(0);
    expect(ofCommand.lines.takeAll()[0]).toMatch(/^usage: .* rules /);
    const version = run({}, ["--version"]);
    expect(await version.ended).toBe(0);
    const wrong = run({}, ["--relay"]);
    expect(await wrong.ended).toBe(64);
    expect(wrong.errors).toEqual(['ora-node: unknown argument "--relay"; try --help']);
  });
});

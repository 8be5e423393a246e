/** A real nats-server for tests, on a port of its own, gone with the test. Where none is installed they are skipped. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";

const GUARD_MS = 20_000;
const LOOK_MS = 20;

export interface TestNats {
  readonly port: number;
  readonly url: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  /** Stops it where it is, with its connections open; and goes on. */
  freeze(): void;
  thaw(): void;
  /** Ends it and removes what it needed. */
  close(): Promise<void>;
}

/** Debian has it where only root's PATH goes. */
function program(): string | undefined {
  const directories = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return directories
    .map((directory) => join(directory, "nats-server"))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        // Not there.
        return false;
      }
    });
}

/** A `describe` that is skipped, loudly, without a nats-server; under CI that is a failure. */
export function describeWithNats(name: string, tests: () => void): void {
  if (program() !== undefined) {
    describe(name, tests);
    return;
  }
  const how = "nats-server not found: apt-get install -y nats-server";
  if (process.env.CI) describe(name, () => it("has what it needs", () => expect.fail(how)));
  else {
    process.stderr.write(`\nSKIPPED "${name}": ${how}\n`);
    describe.skip(`${name} (${how})`, tests);
  }
}

/** `config` is more of a nats-server's configuration file. */
export async function startNats(config = ""): Promise<TestNats> {
  const directory = mkdtempSync(join(tmpdir(), "ora-nats-"));
  const file = join(directory, "nats.conf");
  const port = await freePort();
  writeFileSync(file, `listen: "127.0.0.1:${port}"\n${config}\n`);
  let child: ChildProcess | undefined;
  const kill = async () => {
    const ended = child;
    child = undefined;
    if (ended === undefined || ended.exitCode !== null || ended.signalCode !== null) return;
    const exit = once(ended, "exit");
    ended.kill("SIGKILL");
    await exit;
  };
  const restart = async () => {
    const started = spawn(program() ?? "nats-server", ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
    child = started;
    let said = "";
    started.stderr.on("data", (text: Buffer) => {
      said = (said + text.toString()).slice(-4_000);
    });
    const end = Date.now() + GUARD_MS;
    while (!(await answers(port))) {
      if (Date.now() > end || started.exitCode !== null)
        throw new Error(`nats-server does not start: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  await restart();
  return {
    port,
    url: `nats://127.0.0.1:${port}`,
    kill,
    restart,
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    async close() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Resolves when `is` holds; looks often, and fails after a generous while. */
export async function until(is: () => boolean, what: string): Promise<void> {
  const end = Date.now() + GUARD_MS;
  while (!is()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  server.close();
  await once(server, "close");
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("data", () => {
      resolve(true);
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
  });
}

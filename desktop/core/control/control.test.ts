import { chmod, chown, mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type ControlAddress, controlAddress } from "./address.ts";
import { askNode } from "./control-client.ts";
import { type CommandCall, listenForCommands, type RunCommand } from "./control-server.ts";
import { MAX_LINE_BYTES } from "./json-lines.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function place() {
  const stateDir = await mkdtemp(join(tmpdir(), "ora-control-"));
  cleanups.push(() => rm(stateDir, { recursive: true, force: true }));
  return controlAddress({ stateDir, platform: process.platform, user: "me" });
}

async function serve(address: Awaited<ReturnType<typeof place>>, run: RunCommand) {
  const server = await listenForCommands(address, run);
  cleanups.push(() => server.close());
  return server;
}

const echo: RunCommand = async ({ args, input, print }) => {
  for (const arg of args) print(arg);
  if (input !== undefined) print(`input: ${input}`);
  return args.length;
};

async function ask(address: ControlAddress, args: string[], input?: string) {
  const lines: string[] = [];
  const exit = await askNode({ address, args, input, print: (line) => lines.push(line) });
  return { lines, exit };
}

describe("commands to the running node", () => {
  it("are carried out there, line by line, with their exit code", async () => {
    const address = await place();
    await serve(address, echo);
    expect(await ask(address, ["a", "b c", "ü"], "secret")).toEqual({
      lines: ["a", "b c", "ü", "input: secret"],
      exit: 3,
    });
  });

  it("find nobody when none runs", async () => {
    const address = await place();
    expect((await ask(address, ["x"])).exit).toBe("not_running");
  });

  it("can be opened by this user alone", async () => {
    const address = await place();
    await serve(address, echo);
    expect((await stat(address.path)).mode & 0o777).toBe(0o600);
    expect((await stat(address.directory ?? "")).mode & 0o777).toBe(0o700);
  });

  it("that fail say so and nothing more", async () => {
    const address = await place();
    await serve(address, () => Promise.reject(new Error("secret value")));
    expect(await ask(address, ["x"])).toEqual({
      lines: ["the node could not do that: an internal error"],
      exit: 1,
    });
  });

  it("end when whoever asked goes away", async () => {
    const address = await place();
    const aborted = new Promise<void>((resolve) => {
      void serve(address, ({ signal, print }: CommandCall) => {
        signal.addEventListener("abort", () => resolve());
        print("following");
        return new Promise(() => undefined);
      }).then(() => {
        const socket = connect(address.path, () => socket.write('{"args":["follow"]}\n'));
        socket.on("data", () => socket.destroy());
      });
    });
    await aborted;
  });

  it.each([
    ["no JSON", "nonsense\n"],
    ["no object", "[1]\n"],
    ["arguments that are no texts", '{"args":[1]}\n'],
    ["no arguments", "{}\n"],
    ["input that is no text", '{"args":[],"input":{}}\n'],
    ["too many arguments", `${JSON.stringify({ args: Array.from({ length: 65 }, () => "x") })}\n`],
    ["a line without end", "x".repeat(MAX_LINE_BYTES + 1)],
  ])("that are %s are dropped, and the next one works", async (_, text) => {
    const address = await place();
    await serve(address, echo);
    await new Promise<void>((resolve) => {
      const socket = connect(address.path, () => socket.write(text));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve());
      socket.resume();
    });
    expect((await ask(address, ["x"])).exit).toBe(1);
  });
});

describe("a second node on the same directory", () => {
  it("stops and says so", async () => {
    const address = await place();
    await serve(address, echo);
    await expect(listenForCommands(address, echo)).rejects.toMatchObject({ code: "already_running" });
    expect((await ask(address, ["x"])).exit).toBe(1);
  });

  it("of ten that start at once is one too many nine times, also after a crash", async () => {
    const address = await place();
    await (await serve(address, echo)).close();
    const crashed = createServer();
    await new Promise<void>((resolve) => crashed.listen(address.path, resolve));
    // A crash leaves the file behind.
    await rename(address.path, `${address.path}.kept`);
    await new Promise((resolve) => crashed.close(resolve));
    await rename(`${address.path}.kept`, address.path);
    const starts = await Promise.allSettled(Array.from({ length: 10 }, () => serve(address, echo)));
    expect(starts.filter((start) => start.status === "fulfilled")).toHaveLength(1);
    expect((await ask(address, ["x"])).exit).toBe(1);
  });

  it("may start when the first has ended", async () => {
    const address = await place();
    await (await serve(address, echo)).close();
    await serve(address, echo);
    expect((await ask(address, ["x"])).exit).toBe(1);
  });

  it("does not take a directory that is open to others as it is", async () => {
    const address = await place();
    await (await serve(address, echo)).close();
    await chmod(address.directory ?? "", 0o777);
    await serve(address, echo);
    expect((await stat(address.directory ?? "")).mode & 0o777).toBe(0o700);
  });
});

describe("a state directory with several paths", () => {
  const at = (stateDir: string, runtimeDir?: string) =>
    controlAddress({ stateDir, platform: process.platform, user: "me", runtimeDir });

  async function deep() {
    const root = await mkdtemp(join(tmpdir(), "ora-control-"));
    cleanups.push(() => rm(root, { recursive: true, force: true }));
    const stateDir = join(root, "long/".repeat(20));
    await mkdir(stateDir, { recursive: true });
    const runtimeDir = join(root, "run");
    await mkdir(runtimeDir, { mode: 0o700 });
    return { root, stateDir, runtimeDir };
  }

  it("has one node, by whatever link", async () => {
    const { root, stateDir } = await deep();
    await symlink(stateDir, join(root, "link"));
    expect(at(join(root, "link"))).toEqual(at(stateDir));
    expect(at(join(root, "link", "new"))).toEqual(at(join(stateDir, "new")));
  });

  it("has its socket where only this user can come, when its own path is too long", async () => {
    const { stateDir, runtimeDir } = await deep();
    expect(at(stateDir, runtimeDir).path.startsWith(`${runtimeDir}/ora-relay-`)).toBe(true);
    await chmod(runtimeDir, 0o750);
    expect(at(stateDir, runtimeDir).path.startsWith(`${tmpdir()}/ora-relay-`)).toBe(true);
    expect(at(stateDir, join(runtimeDir, "missing")).path.startsWith(`${tmpdir()}/ora-relay-`)).toBe(true);
  });

  it("has one node also where two would listen in different places, and commands find it", async () => {
    const { stateDir, runtimeDir } = await deep();
    const [here, there] = [at(stateDir, runtimeDir), at(stateDir, join(runtimeDir, "missing"))];
    cleanups.push(() => rm(there.directory ?? "", { recursive: true, force: true }));
    const first = await serve(here, echo);
    await expect(listenForCommands(there, echo)).rejects.toMatchObject({ code: "already_running" });
    expect((await ask(there, ["x"])).exit).toBe(1);
    await first.close();
    expect((await ask(there, ["x"])).exit).toBe("not_running");
    await serve(there, echo);
    await expect(listenForCommands(here, echo)).rejects.toMatchObject({ code: "already_running" });
  });

  it("is free again after a crash", async () => {
    const { stateDir, runtimeDir } = await deep();
    const address = at(stateDir, runtimeDir);
    await writeFile(address.claim ?? "", "/no/such/node.sock");
    await serve(address, echo);
    expect((await ask(address, ["x"])).exit).toBe(1);
  });

  it("sends no command where others could have put a socket", async () => {
    const { root, stateDir, runtimeDir } = await deep();
    const open = { directory: join(root, "open"), path: join(root, "open", "node.sock") };
    await serve(open, echo);
    await chmod(open.directory, 0o755);
    const address = at(stateDir, runtimeDir);
    await writeFile(address.claim ?? "", open.path);
    await expect(ask(address, ["secret"])).rejects.toMatchObject({ code: "exposed" });
  });
});

describe("a place that somebody else has prepared", () => {
  /** The fallback, where all users may write. */
  async function shared() {
    const { directory = "" } = await place();
    const short = `${directory}-short`;
    cleanups.push(() => rm(short, { recursive: true, force: true }));
    return { path: join(short, "node.sock"), directory: short };
  }

  it("by a link to a directory is used by neither end", async () => {
    const [address, other] = [await shared(), await place()];
    await serve(other, echo);
    await symlink(other.directory ?? "", address.directory);
    await expect(listenForCommands(address, echo)).rejects.toMatchObject({ code: "exposed" });
    await expect(ask(address, ["secret"])).rejects.toMatchObject({ code: "exposed" });
  });

  it("and left open to others is not talked to", async () => {
    const address = await shared();
    await serve(address, echo);
    expect((await ask(address, ["x"])).exit).toBe(1);
    for (const mode of [0o710, 0o701, 0o777]) {
      await chmod(address.directory, mode);
      await expect(ask(address, ["secret"])).rejects.toMatchObject({ code: "exposed" });
    }
  });

  it("with something in it that is no socket is not talked to", async () => {
    const address = await shared();
    await mkdir(address.directory, { mode: 0o700 });
    await writeFile(address.path, "");
    await expect(ask(address, ["secret"])).rejects.toMatchObject({ code: "exposed" });
    const real = await place();
    await serve(real, echo);
    await rm(address.path);
    await symlink(real.path, address.path);
    await expect(ask(address, ["secret"])).rejects.toMatchObject({ code: "exposed" });
  });

  it.runIf(process.getuid?.() === 0)("and owns is used by neither end", async () => {
    const address = await shared();
    await serve(address, echo);
    await chown(address.path, 12_345, 12_345);
    await expect(ask(address, ["secret"])).rejects.toMatchObject({ code: "exposed" });
    await chown(address.directory, 12_345, 12_345);
    await expect(ask(address, ["secret"])).rejects.toMatchObject({ code: "exposed" });
    await expect(listenForCommands(address, echo)).rejects.toMatchObject({ code: "exposed" });
  });
});

describe("the place of the socket", () => {
  it("is a pipe of this user and directory on Windows", () => {
    const at = (user: string, stateDir: string) => controlAddress({ stateDir, platform: "win32", user }).path;
    expect(at("me", "/a")).toMatch(/^\\\\\.\\pipe\\ora-relay-[0-9a-f]{24}$/);
    expect(new Set([at("me", "/a"), at("you", "/a"), at("me", "/b")]).size).toBe(3);
  });

  it("is a short one where the directory's name is too long for a socket", () => {
    const stateDir = `/${"long/".repeat(30)}`;
    const { path } = controlAddress({ stateDir, platform: "linux", user: "1" });
    expect(path.length).toBeLessThan(104);
    expect(path).not.toContain("long");
  });
});

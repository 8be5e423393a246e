import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Cluster, Link } from "./cluster.ts";
import { FarEnd, HELLO, instance, key, NearEnd, type TestInstance } from "./testing/instances.ts";
import { describeWithNats, startNats, type TestNats, until } from "./testing/nats-server.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

describeWithNats("another instance", () => {
  let nats: TestNats;
  let directory: string;
  const program = () => join(directory, "instance.mjs");
  const started: TestInstance[] = [];
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    nats = await startNats();
    directory = mkdtempSync(join(tmpdir(), "ora-instance-"));
    await build({
      entryPoints: [join(import.meta.dirname, "testing", "instance-program.ts")],
      outfile: program(),
      bundle: true,
      platform: "node",
      format: "esm",
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await Promise.all(started.splice(0).map(({ cluster }) => cluster.stop()));
  });
  afterAll(async () => {
    await nats.close();
    rmSync(directory, { recursive: true });
  });

  const start = async () => {
    const made = instance({ url: nats.url });
    started.push(made);
    await made.cluster.start();
    return made;
  };
  const spawned = async (name: string) => {
    const child = spawn(process.execPath, [program(), nats.url, name], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    children.push(child);
    await once(child.stdout, "data");
    return child;
  };
  const open = async (from: Cluster, name: string): Promise<{ link: Link; near: NearEnd }> => {
    const near = new NearEnd();
    const link = await from.open(key("node", name), HELLO, near);
    if (link === undefined) throw new Error("not accepted");
    return { link, near };
  };

  it("that stands still costs no more than its window, hurts nobody else, and is given up", async () => {
    const stopped = await spawned("stopped");
    const [a, b] = [await start(), await start()];
    const far: FarEnd[] = [];
    const accept = (_: unknown, peer: FarEnd["peer"]) => {
      const end = new FarEnd(peer);
      far.push(end);
      return end;
    };
    await a.cluster.hold(key("node", "fine"), { answer: () => "fine", accept }).known;
    await until(() => b.cluster.others === 2, "all know each other");
    const links = await Promise.all(Array.from({ length: 40 }, () => open(b.cluster, "stopped")));
    const fine = await open(b.cluster, "fine");
    stopped.kill("SIGSTOP");
    const before = b.cluster.traffic.sent;
    for (const { link } of links) for (let i = 0; i < 16; i++) link.send(Buffer.alloc(64 * KIB), true);
    // Forty windows of 1 MiB would be more than may be on the way to one of two others: 16 MiB.
    expect(b.cluster.traffic.sent - before).toBeLessThanOrEqual(16 * MIB + 64 * KIB + 16);
    expect(b.cluster.traffic.sent - before).toBeGreaterThanOrEqual(16 * MIB);
    expect(b.budget.queuedBytes).toBeGreaterThan(24 * MIB);
    for (let i = 0; i < 64; i++) fine.link.send(Buffer.alloc(64 * KIB, i), true);
    await until(() => far[0]?.messages.length === 64, "the others go on");
    expect(fine.near.ends).toEqual([]);
    await until(() => links.every(({ near }) => near.ends.length === 1), "it is given up");
    expect(links.every(({ near }) => near.ends[0]?.how === "lost")).toBe(true);
    expect([b.budget.queuedBytes, b.cluster.others]).toEqual([0, 1]);
    expect(await b.cluster.ask(key("node", "fine"), {})).toBe("fine");
    // It goes on: it has lost its links as well, and can be asked and linked again.
    stopped.kill("SIGCONT");
    await until(() => b.cluster.others === 2 && a.cluster.others === 2, "it is back");
    const again = await open(b.cluster, "stopped");
    const received = Number(await b.cluster.ask(key("node", "stopped"), {}));
    for (let i = 0; i < 48; i++) again.link.send(Buffer.alloc(64 * KIB), true);
    await answered(b.cluster, "stopped", received + 48 * 64 * KIB);
    expect(again.near.ends).toEqual([]);
  });

  it("that is killed takes its own links with it, and nobody else's", async () => {
    const killed = await spawned("killed");
    const [a, b] = [await start(), await start()];
    await a.cluster.hold(key("node", "other"), { answer: () => 1, accept: (_, peer) => new FarEnd(peer) })
      .known;
    const [lost, other] = [await open(b.cluster, "killed"), await open(b.cluster, "other")];
    await until(() => b.cluster.others === 2, "all know each other");
    killed.kill("SIGKILL");
    await until(() => lost.near.ends.length === 1, "its link is lost");
    expect([lost.near.ends, other.near.ends]).toEqual([[{ how: "lost" }], []]);
    expect(await b.cluster.ask(key("node", "killed"), {})).toBeUndefined();
  });

  it("that ends leaves nothing behind that would keep its process, and says goodbye", async () => {
    const child = await spawned("ends");
    const a = await start();
    const { near, link } = await open(a.cluster, "ends");
    link.send(Buffer.from("x"), true);
    const exit = once(child, "exit");
    child.stdin?.write("stop\n");
    expect(await exit).toEqual([0, null]);
    await until(() => near.ends.length === 1, "its link is lost");
    expect(a.cluster.others).toBe(0);
  });
});

/** Asks until the holder has received so much: parts may still be on their way. */
async function answered(cluster: Cluster, name: string, bytes: number): Promise<void> {
  let received = 0;
  for (let i = 0; i < 2_000 && received < bytes; i++)
    received = Number(await cluster.ask(key("node", name), {}));
  expect(received).toBe(bytes);
}

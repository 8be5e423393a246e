import { createHash, randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { PeerListener } from "../peer.ts";
import type { Cluster, Link, LinkBounds } from "./cluster.ts";
import { FarEnd, HELLO, instance, key, NearEnd, type TestInstance } from "./testing/instances.ts";
import { describeWithNats, startNats, type TestNats, until } from "./testing/nats-server.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const KEY = key("node", "n");

describeWithNats("a client that is handed over", () => {
  let nats: TestNats;
  const started: TestInstance[] = [];
  const start = async (bounds: Partial<LinkBounds> = {}): Promise<TestInstance> => {
    const made = instance({ url: nats.url }, bounds);
    started.push(made);
    await made.cluster.start();
    return made;
  };
  /** A link from a second instance to a holder at the first. */
  const linked = async (bounds: Partial<LinkBounds> = {}) => {
    const [a, b] = [await start(bounds), await start(bounds)];
    const far: FarEnd[] = [];
    const accept = (_: unknown, peer: ConstructorParameters<typeof FarEnd>[0]): PeerListener => {
      const end = new FarEnd(peer);
      far.push(end);
      return end;
    };
    await a.cluster.hold(KEY, { answer: () => undefined, accept }).known;
    const near = new NearEnd();
    const link = await b.cluster.open(KEY, HELLO, near);
    const [end] = far;
    if (link === undefined || end === undefined) throw new Error("not accepted");
    return { a, b, near, link, far: end };
  };
  beforeAll(async () => {
    nats = await startNats();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map(({ cluster }) => cluster.stop()));
  });
  afterAll(() => nats.close());

  it("is served there as if its socket were there", async () => {
    const { near, link, far, a, b } = await linked();
    expect(far.peer.address).toBe(HELLO.address);
    link.send(Buffer.from("hello"), false);
    link.send(Buffer.from([1, 2, 3]), true);
    link.send(Buffer.alloc(0), true);
    await until(() => far.messages.length === 3, "all is there");
    expect(far.messages).toEqual(["hello", Buffer.from([1, 2, 3]), Buffer.alloc(0)]);
    far.peer.sendText("grüße");
    far.peer.sendText(Buffer.from("bytes"));
    far.peer.sendJson({ type: "opened" });
    far.peer.sendBinary(new Uint8Array([9]));
    await until(() => near.messages.length === 4, "all is back");
    expect(near.messages).toEqual(["grüße", "bytes", '{"type":"opened"}', Buffer.from([9])]);
    expect([a.cluster.traffic.links, b.cluster.traffic.links]).toEqual([
      { near: 0, far: 1 },
      { near: 1, far: 0 },
    ]);
  });

  it("is told how it ended, after what was on the way", async () => {
    const { near, far, a, b } = await linked();
    far.peer.sendText("last");
    far.peer.close(4403, "denied");
    expect(far.peer.open).toBe(false);
    expect(far.peer.sendText("too late")).toBe(false);
    await until(() => near.ends.length === 1 && far.events.includes("closed 1001"), "both have ended");
    expect(near.messages).toEqual(["last"]);
    expect(near.ends).toEqual([{ how: "closed", code: 4403, reason: "denied", cut: false }]);
    expect(far.events).toEqual(["ending", "closed 1001"]);
    expect([a.cluster.traffic.links.far, b.cluster.traffic.links.near]).toEqual([0, 0]);
  });

  it("goes, and its owner hears of it", async () => {
    const { link, far, near } = await linked();
    link.end();
    expect(link.send(Buffer.from("x"), false)).toBe(false);
    await until(() => far.events.length === 1, "the owner has heard");
    expect(far.events).toEqual(["closed 1001"]);
    expect(near.ends).toEqual([]);
  });

  it("is not taken by a holder that refuses, or that serves nobody", async () => {
    const [a, b] = [await start(), await start()];
    await a.cluster.hold(KEY, { answer: () => undefined, accept: () => undefined }).known;
    await a.cluster.hold(key("node", "m"), { answer: () => undefined }).known;
    expect(await b.cluster.open(KEY, HELLO, new NearEnd())).toBeUndefined();
    expect(await b.cluster.open(key("node", "m"), HELLO, new NearEnd())).toBeUndefined();
    expect(await b.cluster.open(key("node", "nobody"), HELLO, new NearEnd())).toBeUndefined();
    expect([a.cluster.traffic.links, b.cluster.traffic.links]).toEqual([
      { near: 0, far: 0 },
      { near: 0, far: 0 },
    ]);
  });

  it("hears what its owner says while it takes it over, and nothing before it knows", async () => {
    const [a, b] = [await start(), await start()];
    const accept = (_: unknown, peer: FarEnd["peer"]) => {
      peer.sendText("first");
      peer.close(4404, "unknown_route");
      return new FarEnd(peer);
    };
    await a.cluster.hold(KEY, { answer: () => undefined, accept }).known;
    const near = new NearEnd();
    const link = await b.cluster.open(KEY, HELLO, near);
    expect([link !== undefined, near.messages.length, near.ends.length]).toEqual([true, 0, 0]);
    await until(() => near.ends.length === 1, "it has heard");
    expect(near.messages).toEqual(["first"]);
    expect(near.ends).toEqual([{ how: "closed", code: 4404, reason: "unknown_route", cut: false }]);
  });

  it("takes fifty megabytes each way, whole and in order, in messages of every size", async () => {
    const { link, far, near } = await linked();
    const up = stream({
      send: (data) => link.send(data, true),
      blocked: () => near.events.at(-1) === "congested",
    });
    const down = stream({
      send: (data) => far.peer.sendBinary(data),
      blocked: () => far.events.at(-1) === "congested",
    });
    const arrived = { up: hashing(), down: hashing() };
    far.heard = arrived.up.take;
    near.heard = arrived.down.take;
    const sent = await Promise.all([up(50 * MIB), down(50 * MIB)]);
    await until(() => arrived.up.bytes() >= 50 * MIB && arrived.down.bytes() >= 50 * MIB, "all has come");
    expect([arrived.up.digest(), arrived.down.digest()]).toEqual(sent);
    expect([near.ends, far.events.filter((event) => event.startsWith("closed"))]).toEqual([[], []]);
  });

  it("passes a message of the largest size whole, and ends at one that is larger", async () => {
    const { link, far, near } = await linked();
    const largest = randomBytes(4 * MIB);
    const text = "ü".repeat(1 * MIB);
    link.send(largest, true);
    link.send(Buffer.from(text), false);
    await until(() => far.messages.length === 2, "it has come");
    expect(largest.equals(Buffer.from(far.messages[0] ?? ""))).toBe(true);
    expect(far.messages[1] === text).toBe(true);
    link.send(randomBytes(4 * MIB + 1), true);
    await until(() => near.ends.length === 1, "it has ended");
    expect(near.ends).toMatchObject([{ how: "closed", code: 1009 }]);
  });

  it("waits at its owner while it does not read, is told, and gets all of it afterwards", async () => {
    const { link, far, near, a, b } = await linked();
    link.pause();
    const size = 64 * KIB;
    for (let i = 0; i < 64; i++) far.peer.sendBinary(Buffer.alloc(size, i));
    expect(far.events).toEqual(["congested"]);
    await until(() => b.budget.queuedBytes >= 1 * MIB, "the window has come");
    expect(near.messages.length).toBe(0);
    expect(b.budget.queuedBytes).toBeLessThanOrEqual(1 * MIB + size + 32);
    expect(a.budget.queuedBytes).toBeGreaterThan(2 * MIB);
    link.resume();
    await until(() => near.messages.length === 64, "all has come");
    expect(near.messages.every((message, i) => Buffer.alloc(size, i).equals(Buffer.from(message)))).toBe(
      true,
    );
    await until(() => far.events.length === 2, "its owner knows");
    expect(far.events).toEqual(["congested", "drained"]);
    expect([a.budget.queuedBytes, b.budget.queuedBytes]).toEqual([0, 0]);
  });

  it("is closed when more waits than may, with what it has got", async () => {
    const { link, far, near, a, b } = await linked({ maxQueuedBytes: 2 * MIB });
    link.pause();
    const chunk = randomBytes(64 * KIB);
    let count = 0;
    while (far.peer.sendBinary(chunk) && count < 1_000) count += 1;
    // The window, and what may wait.
    expect([count >= 46, count <= 52]).toEqual([true, true]);
    expect(far.events).toEqual(["congested", "ending"]);
    expect(a.budget.queuedBytes).toBe(0);
    link.resume();
    await until(() => near.ends.length === 1, "it has ended");
    expect(near.ends).toEqual([{ how: "closed", code: 4413, reason: "reads_too_slowly", cut: false }]);
    expect(near.messages.length).toBeGreaterThan(10);
    await until(() => far.events.includes("closed 1001"), "its owner has heard");
    expect(b.budget.queuedBytes).toBe(0);
  });

  it("is cut without what it has not got yet", async () => {
    const { link, far, near, b } = await linked();
    link.pause();
    for (let i = 0; i < 8; i++) far.peer.sendBinary(randomBytes(64 * KIB));
    await until(() => b.budget.queuedBytes > 8 * 64 * KIB, "it has come");
    far.peer.close(1000, "bye");
    far.peer.cut(
      { now: () => 0, unixSeconds: () => 0, after: () => ({ cancel: () => undefined }) },
      4403,
      "revoked",
    );
    await until(() => near.ends.length === 1, "it has ended");
    expect(near.messages).toEqual([]);
    expect(near.ends).toEqual([{ how: "closed", code: 4403, reason: "revoked", cut: true }]);
    expect(b.budget.queuedBytes).toBe(0);
  });

  it("is not read while its owner pauses it, for whichever reason", async () => {
    const { link, far, near, a, b } = await linked();
    far.peer.pause("node");
    far.peer.pause("admission");
    for (let i = 0; i < 32; i++) link.send(randomBytes(64 * KIB), true);
    expect(near.events).toEqual(["congested"]);
    await until(() => a.budget.queuedBytes >= 1 * MIB, "the window has come");
    far.peer.resume("node");
    expect(far.messages).toEqual([]);
    expect(b.budget.queuedBytes).toBeGreaterThan(512 * KIB);
    far.peer.resume("admission");
    await until(() => far.messages.length === 32, "all has come");
    await until(() => near.events.length === 2, "it may be read again");
    expect(near.events).toEqual(["congested", "drained"]);
    expect([a.budget.queuedBytes, b.budget.queuedBytes]).toEqual([0, 0]);
  });

  it("is lost with the instance that served it, and its owner hears the same", async () => {
    const { near, far, a } = await linked();
    const other = await linkedTo(a.cluster, await start());
    await a.cluster.stop();
    await until(() => near.ends.length === 1 && other.near.ends.length === 1, "both have heard");
    expect(near.ends).toEqual([{ how: "lost" }]);
    expect(far.events).toEqual(["closed 1006"]);
  });
});

async function linkedTo(_holder: Cluster, from: TestInstance): Promise<{ near: NearEnd; link: Link }> {
  const near = new NearEnd();
  const link = await from.cluster.open(KEY, HELLO, near);
  if (link === undefined) throw new Error("not accepted");
  return { near, link };
}

function hashing() {
  const hash = createHash("sha256");
  let bytes = 0;
  return {
    take: (data: Buffer) => {
      hash.update(data);
      bytes += data.length;
    },
    bytes: () => bytes,
    digest: () => hash.digest("hex"),
  };
}

const SIZES = [1, 100, 16 * KIB, 64 * KIB, 256 * KIB, 256 * KIB + 1, 1 * MIB, 3 * MIB];

/** Sends so many bytes, and gives their hash; stops while `blocked`. */
function stream({ send, blocked }: { send: (data: Buffer) => boolean; blocked: () => boolean }) {
  return async (total: number): Promise<string> => {
    const hash = createHash("sha256");
    const source = randomBytes(3 * MIB);
    let left = total;
    for (let i = 0; left > 0; i++) {
      await until(() => !blocked(), "it goes on");
      const size = Math.min(left, SIZES[i % SIZES.length] ?? 1);
      const data = source.subarray(i % 97, (i % 97) + size);
      hash.update(data);
      left -= data.length;
      if (!send(data)) throw new Error("ended");
    }
    return hash.digest("hex");
  };
}

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FRAME } from "#shared/crypto/frames.ts";
import type { StaticKey } from "#shared/crypto/node-identity.ts";
import { StateLog, TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
beforeEach(async () => {
  world = new TestWorld();
  await world.relay.start();
});
afterEach(() => world.stop());

async function connected() {
  const { record, device } = await world.pair();
  const log = new StateLog();
  const records: unknown[] = [];
  const session = world.connect(record, {
    deviceKey: device.key,
    stateChanged: log.push,
    recordChanged: (changed) => records.push(changed),
  });
  await log.until("connected");
  return { session, log, record, device, records };
}

describe("a session over real sockets", () => {
  it("comes back five times in a row", async () => {
    const { session, log } = await connected();
    for (let round = 0; round < 5; round += 1) {
      world.relay.cut();
      await log.until("waiting");
      await log.until("connected");
      expect(await (await session.fetch("/hello")).text()).toBe("hello");
    }
    expect(world.node.devices.size).toBe(1);
  });

  it("comes back after a relay's restart, without pairing", async () => {
    const { session, log } = await connected();
    const { port } = world.relay;
    world.relay.closeAll(1012);
    await log.until("waiting", ({ problem }) => problem.code === "relay_restarting");
    await world.relay.stop();
    await log.until("waiting", ({ problem }) => problem.code === "relay_unreachable");
    await world.relay.start(port);
    session.wake();
    await log.until("connected");
    expect(await (await session.fetch("/hello")).text()).toBe("hello");
  });

  it("is revoked by the PC's word, which the record keeps", async () => {
    const { session, log, record, device, records } = await connected();
    world.node.revoke();
    expect(await log.until("revoked")).toMatchObject({ problem: { code: "revoked" } });
    expect(records).toEqual([{ ...record, status: "revoked" }]);
    await expect(session.fetch("/hello")).rejects.toMatchObject({ code: "revoked", hop: "node" });
    const { opens } = world.relay;
    expect(() => world.connect({ ...record, status: "revoked" }, { deviceKey: device.key })).toThrow(
      /revoked/,
    );
    expect(opens).toHaveLength(2);
  });

  it("is denied by a PC that forgot it while it was away", async () => {
    const { record, device } = await world.pair();
    const [known] = world.node.devices.values();
    if (known === undefined) throw new Error("not paired");
    // The relay still puts it through, the PC does not know its key.
    world.node.devices.set(known.id, { ...known, publicKey: new Uint8Array(32) });
    const log = new StateLog();
    const session = world.connect(record, { deviceKey: device.key, stateChanged: log.push });
    await expect(session.fetch("/hello")).rejects.toMatchObject({ code: "denied" });
    expect(await log.until("revoked")).toMatchObject({ problem: { code: "denied" } });
    expect(world.api.requests).toEqual([]);
  });

  it("keeps its record when the relay says that it is revoked", async () => {
    const { record, device } = await world.pair();
    world.relay.refuse = () => ({ error: "denied", close: 4403 });
    const log = new StateLog();
    const records: unknown[] = [];
    world.connect(record, {
      deviceKey: device.key,
      stateChanged: log.push,
      recordChanged: (changed) => records.push(changed),
    });
    await log.until("waiting", ({ problem }) => problem.code === "maybe_revoked");
    world.relay.refuse = undefined;
    await log.until("connected");
    expect(records).toEqual([]);
  });

  it("says that the PC's node was stopped, to its requests too", async () => {
    const { session, log } = await connected();
    const fetched = session.fetch("/wait");
    await world.api.next("/wait");
    world.node.muxer.close("bye");
    await expect(fetched).rejects.toMatchObject({ code: "node_stopped", hop: "relay-node" });
    await log.until("waiting", ({ problem }) => problem.code === "node_stopped", 0);
  });

  it("learns the PC's new name", async () => {
    const { record, device } = await world.pair();
    world.node.name = "attic";
    const renamed = new Promise((resolve) => {
      world.connect(record, { deviceKey: device.key, recordChanged: resolve });
    });
    expect(await renamed).toEqual({ ...record, nodeName: "attic" });
  });

  it("says that its own key cannot be used, and goes on trying", async () => {
    const { record, device } = await world.pair();
    let isLost = true;
    const deviceKey: StaticKey = {
      publicKey: device.key.publicKey,
      dh: (remote) => (isLost ? Promise.reject(new Error("gone")) : device.key.dh(remote)),
    };
    const log = new StateLog();
    world.connect(record, { deviceKey, stateChanged: log.push });
    await log.until("waiting", ({ problem }) => problem.code === "key_unusable");
    isLost = false;
    await log.until("connected");
  });

  it("says hello first, with what it can do", async () => {
    await connected();
    expect(world.node.helloes.at(-1)).toEqual({
      type: "hello",
      features: ["api", "apps"],
      agent: "ora/1.0.0",
    });
  });

  it("never trusts a PC with another key", async () => {
    const { record, device } = await world.pair();
    const other = new TestWorld();
    // The relay puts it through to somebody else, who knows the token and even the device.
    world.relay.nodes.set(record.nodeId, other.node);
    for (const [id, known] of world.node.devices) other.node.devices.set(id, known);
    const log = new StateLog();
    world.connect(record, { deviceKey: device.key, stateChanged: log.push });
    const { problem } = await log.until("waiting");
    // The impostor cannot read the first message, and closes; it never gets a word.
    expect(problem.code).toBe("maybe_revoked");
    expect(other.node.helloes).toEqual([]);
  });

  it.each(["replayed", "dropped", "changed", "reflected"])(
    "survives records that are %s, with nothing believed",
    async (attack) => {
      const { session, log } = await connected();
      let last: Uint8Array | undefined;
      let isArmed = true;
      world.relay.tamper = (frame, direction) => {
        if (direction === "up") last = frame;
        if (direction === "up" || !isArmed || frame[0] !== FRAME.RECORD) return [frame];
        isArmed = false;
        if (attack === "replayed") return [frame, frame];
        if (attack === "dropped") return [];
        if (attack === "reflected") return last === undefined ? [] : [last];
        const changed = frame.slice();
        changed[30] = (changed[30] ?? 0) ^ 1;
        return [changed];
      };
      const first = session
        .fetch("/bytes?n=200000")
        .then(async (response) => (await response.arrayBuffer()).byteLength);
      const outcome = await first.catch((error: { code: string }) => error.code);
      // Whole, because it was asked for again, or an error; never something else.
      expect([200_000, "truncated", "not_authentic", "connection_lost"]).toContain(outcome);
      await log.until("waiting", ({ problem }) => problem.code === "not_authentic", 0);
      await log.until("connected");
      expect(await (await session.fetch("/hello")).text()).toBe("hello");
    },
  );

  it("is not told apart by texts of the relay in the middle of it", async () => {
    world.relay.afterOpened = ['{"type":"opened"}', '{"type":"news","x":1}', "nonsense"];
    const { session } = await connected();
    expect(await (await session.fetch("/hello")).text()).toBe("hello");
  });
});

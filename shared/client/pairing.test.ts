import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FRAME } from "#shared/crypto/frames.ts";
import { generatePlaintextCode, parseTypedCode } from "#shared/protocol/pairing-code.ts";
import { generateDeviceKey } from "./device-key.ts";
import type { PairArguments } from "./relay-client.ts";
import { StepClock, settle } from "./testing/step-clock.ts";
import { backend, TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
beforeEach(async () => {
  world = new TestWorld();
  await world.relay.start();
});
afterEach(() => world.stop());

const link = () => world.node.offerLink(world.relay.url);
const pair = (text: string, options: Partial<PairArguments> = {}) =>
  world.client.pair(text, {
    deviceKey: generateDeviceKey(backend).key,
    name: "phone",
    defaultRelay: world.relay.url,
    ...options,
  });

describe("pairing", () => {
  it.each(["link", "code"])("by %s gives a record that connects", async (kind) => {
    const device = generateDeviceKey(backend);
    const text = kind === "link" ? link() : world.node.offerCode();
    const pairing = await pair(text, { deviceKey: device.key });
    expect(pairing.pending).toMatchObject({
      relayUrl: world.relay.url,
      nodeId: world.node.id,
      nodeName: "studio",
      status: "pending",
    });
    const record = await pairing.completed;
    expect(record).toEqual({ ...pairing.pending, status: "active" });
    expect(pairing.checkNumber).toMatch(/^\d{4}$/);
    expect(world.node.checkNumbers).toEqual([pairing.checkNumber]);
    expect([...world.node.devices.values()][0]?.request).toEqual({ name: "phone", client: "ora/1.0.0" });
    expect(world.node.helloes).toEqual([{ type: "hello", features: [], agent: "ora/1.0.0" }]);
    const session = world.connect(record, { deviceKey: device.key });
    expect(await (await session.fetch("/hello")).text()).toBe("hello");
  });

  it("shows the check number before the PC has stored anything", async () => {
    let decide: (decision: "allow") => void = () => undefined;
    world.node.decide = () => new Promise((resolve) => (decide = resolve));
    const pairing = await pair(link());
    while (world.node.checkNumbers.length === 0) await settle(1);
    expect(world.node.checkNumbers).toEqual([pairing.checkNumber]);
    expect(world.node.devices.size).toBe(0);
    decide("allow");
    await pairing.completed;
    expect(world.node.devices.size).toBe(1);
  });

  it("is told apart by its number from another at the same moment", async () => {
    const numbers = new Set<string>();
    for (let round = 0; round < 4; round += 1) numbers.add((await pair(link())).checkNumber);
    expect(numbers.size).toBeGreaterThan(1);
  });

  it("reads a code as people type it", async () => {
    const code = world.node.offerCode();
    await (await pair(` ${code.toLowerCase().replace("-", " ")} `)).completed;
  });

  it("makes one guess with a wrong code, says so, and the right code is gone with it", async () => {
    const text = world.node.offerCode();
    const code = parseTypedCode(text);
    const wrong = code?.secret === "0000" ? "0001" : "0000";
    await expect(pair(`${code?.route}${wrong}`)).rejects.toMatchObject({ code: "wrong_code", hop: "node" });
    expect(world.node.guesses).toBe(1);
    expect(world.relay.opens).toHaveLength(1);
    expect(world.relay.frames.filter((frame) => frame[0] === FRAME.CPACE_A)).toHaveLength(1);
    await expect(pair(text)).rejects.toMatchObject({ code: "code_unknown" });
    expect(world.node.devices.size).toBe(0);
  });

  it("never shows the relay the secret half of a code", async () => {
    const text = world.node.offerCode();
    await (await pair(text)).completed;
    expect(world.relay.opens).toEqual([{ type: "open", route: text.slice(0, 4) }]);
    const everything = Buffer.concat(world.relay.frames).toString("latin1");
    expect(everything).not.toContain(text.slice(5));
  });

  it.each([
    ["a plaintext code", generatePlaintextCode((length) => backend.randomBytes(length)), "plaintext_code"],
    ["nothing", "", "bad_code"],
    ["half a code", "ABCD", "bad_code"],
    ["half a link", "https://relay.example/#P2.0123456789ABCDEF", "bad_code"],
    ["a link from the future", "https://relay.example/#P3.X.Y.Z", "old_link"],
  ])("refuses %s before it connects to anybody", async (_, text, code) => {
    await expect(pair(text)).rejects.toMatchObject({ code });
    expect(world.relay.connections).toBe(0);
  });

  it("refuses a code without a relay, and a relay that is none", async () => {
    const key = generateDeviceKey(backend).key;
    const options = { deviceKey: key, name: "x" };
    await expect(world.client.pair("ABCD-EFGH", options)).rejects.toMatchObject({ code: "no_relay" });
    await expect(pair("ABCD-EFGH", { relay: "ftp://x" })).rejects.toMatchObject({ code: "no_relay" });
  });

  it("goes to the relay that was named rather than the link's", async () => {
    const text = world.node.offerLink("https://elsewhere.example");
    const record = await (await pair(text, { relay: world.relay.url })).completed;
    expect(record.relayUrl).toBe(world.relay.url);
  });

  it("says that a link was used", async () => {
    const text = link();
    await (await pair(text)).completed;
    await expect(pair(text)).rejects.toMatchObject({ code: "code_unknown" });
  });

  it("gives a link to one of many that come at once", async () => {
    const text = link();
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => pair(text)));
    const won = results.filter(({ status }) => status === "fulfilled");
    expect(won).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(["code_used", "code_unknown"]).toContain(result.reason.code);
    }
  });

  it.each([
    ["without a word", "connection_lost", () => world.relay.cut()],
    ["by a relay that restarts", "relay_restarting", () => world.relay.closeAll(1012)],
  ])(
    "that is cut %s asks for a new code, as the old one is spent, and by link it does not",
    async (...[, detail, cut]) => {
      const cutAtTheFirstAnswer = (frame: Uint8Array, way: "up" | "down") => {
        if (way === "up") return [frame];
        cut();
        return [];
      };
      const [code, text] = [world.node.offerCode(), link()];
      world.relay.tamper = cutAtTheFirstAnswer;
      const error = await pair(code).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ problem: { code: "code_spent", detail } });
      expect(String(error)).toMatch(/used up .*: ask the PC for a new code/);
      await expect(pair(text)).rejects.toMatchObject({ code: detail });
    },
  );

  it("that the owner refuses or the PC has no room for is refused, and that nobody confirms is undecided", async () => {
    world.node.decide = () => "refuse";
    await expect((await pair(link())).completed).rejects.toMatchObject({ code: "pairing_refused" });
    world.node.decide = () => "full";
    await expect((await pair(link())).completed).rejects.toMatchObject({ code: "devices_full" });
    world.node.decide = () => {
      world.relay.cut();
      return "allow";
    };
    await expect((await pair(link())).completed).rejects.toMatchObject({ code: "pairing_unconfirmed" });
  });

  it("is refused by the PC alone: a relay's word leaves it undecided", async () => {
    world.node.decide = () => {
      world.relay.closeAll(4403);
      return new Promise(() => undefined);
    };
    await expect((await pair(link())).completed).rejects.toMatchObject({ code: "pairing_unconfirmed" });
  });

  it("becomes active by one session when the confirmation was lost", async () => {
    const device = generateDeviceKey(backend);
    world.node.decide = () => "lost";
    const pairing = await pair(link(), { deviceKey: device.key });
    await expect(pairing.completed).rejects.toMatchObject({ code: "pairing_unconfirmed" });
    const confirmed = new Promise((resolve) => {
      world.connect(pairing.pending, { deviceKey: device.key, recordChanged: resolve });
    });
    expect(await confirmed).toEqual({ ...pairing.pending, status: "active" });
  });

  it("waits two minutes for the owner, and no longer", async () => {
    const clock = new StepClock();
    const slow = new TestWorld({ clock });
    await slow.relay.start();
    slow.node.decide = () => new Promise(() => undefined);
    const key = generateDeviceKey(backend).key;
    const pairing = await slow.client.pair(slow.node.offerLink(slow.relay.url), {
      deviceKey: key,
      name: "x",
    });
    const outcome = pairing.completed.then(
      () => "paired",
      (error: { code: string }) => error.code,
    );
    clock.advance(119_999);
    await settle();
    expect(await Promise.race([outcome, "undecided"])).toBe("undecided");
    clock.advance(1);
    expect(await outcome).toBe("pairing_unconfirmed");
    await slow.stop();
  });

  it("can be called off at any time", async () => {
    const reason = new Error("changed my mind");
    const dialling = new AbortController();
    const first = pair(link(), { signal: dialling.signal });
    dialling.abort(reason);
    await expect(first).rejects.toBe(reason);

    world.node.decide = () => new Promise(() => undefined);
    const waiting = new AbortController();
    const second = await pair(link(), { signal: waiting.signal });
    waiting.abort(reason);
    await expect(second.completed).rejects.toBe(reason);
  });

  it("fails when anything of the handshake was changed on the way", async () => {
    for (const direction of ["up", "down"] as const) {
      for (const place of [1, 20, 40, 60, 90]) {
        world.relay.tamper = (frame, way) => {
          if (way !== direction || frame[0] === FRAME.RECORD || place >= frame.length) return [frame];
          const changed = frame.slice();
          changed[place] = (changed[place] ?? 0) ^ 1;
          return [changed];
        };
        await expect(pair(link())).rejects.toMatchObject({ name: "RelayError" });
      }
    }
    expect(world.node.devices.size).toBe(0);
  });
});

/** Time and the machine: codes that change by themselves, clocks that jump, networks that change, releases once a day. */
import type { NetworkInterfaceInfo } from "node:os";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DesktopOptions } from "../../desktop/electron/start-desktop.ts";
import { LOOK_EVERY_MS } from "../../desktop/tray/network-watch.ts";
import { freePort } from "../support/free-port.ts";
import { startTestRelay } from "../support/relay.ts";
import { ClockInHand } from "./clock-in-hand.ts";
import { mainProcessStage } from "./main-process-stage.ts";
import { phone, type TrayWorld, until } from "./tray-world.ts";

const stage = mainProcessStage();
const { connected, later } = stage;
beforeAll(stage.prepare);
afterEach(stage.clean);

const DAY_MS = 86_400_000;

function withClock(desktop: Partial<DesktopOptions> = {}, held = false) {
  const clock = new ClockInHand({ held });
  return { clock, options: { desktop: { clock, ...desktop } } };
}

const relayOf = (world: TrayWorld) => world.app.facts?.relayOrigin ?? "";

describe("codes", () => {
  it("change by themselves when their time is over, link and typed code alike", async () => {
    const { clock, options } = withClock();
    const { world } = await connected(options);
    await until(() => world.app.facts?.offers.typed !== undefined);
    const { link, offers } = world.app.facts ?? expect.fail("no node");
    clock.pass(121_000);
    await until(() => {
      const now = world.app.facts;
      return (
        now?.link !== undefined &&
        now.link !== link &&
        now.offers.typed !== undefined &&
        now.offers.typed.code !== offers.typed?.code
      );
    });
  });

  it("are made anew from the menu, also after three wrong guesses", async () => {
    const { world } = await connected();
    await until(() => world.app.facts?.offers.typed !== undefined);
    const { link, offers } = world.app.facts ?? expect.fail("no node");
    world.electron.window("pairing")?.destroy();
    world.electron.tray.choose("New code");
    await until(() => {
      const now = world.app.facts;
      return now?.link !== undefined && now.link !== link && now.offers.typed?.code !== offers.typed?.code;
    });
    await until(() => world.electron.window("pairing")?.isShown === true);
    world.electron.tray.choose("Copy link");
    expect(world.electron.copied.at(-1)).toBe(world.app.facts?.link);
  });
});

describe("a clock that jumps", () => {
  it("forgets no device, lies about no time, and has a code that works as soon as it wakes", async () => {
    const { clock, options } = withClock();
    const { world, pair } = await connected(options);
    const session = await pair();
    expect((await session.fetch("/x")).status).toBe(200);
    const { tray } = world.electron;
    const pairing = () => world.app.view("pairing");
    for (const ms of [400 * DAY_MS, -800 * DAY_MS, 400 * DAY_MS, 3_600_000, -3_600_000]) {
      clock.jump(ms);
      world.electron.power.emit("resume");
      await until(() => (pairing().link?.expiresAt ?? 0) > pairing().now);
      const view = pairing();
      const left = (view.link?.expiresAt ?? 0) - view.now;
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(view.ttlMs);
      expect(world.app.facts?.devices.map(({ name }) => name)).toEqual(["Pixel 9"]);
      expect((await session.fetch("/x")).status).toBe(200);
      expect(tray.labels()[0]).toMatch(/^Connected through 127\.0\.0\.1:\d+ since /);
      expect(await pair("Another").then((other) => other.fetch("/x"))).toMatchObject({ status: 200 });
      for (const device of world.app.facts?.devices ?? [])
        if (device.name === "Another") world.app.exits.revoke(device.id);
      await until(() => world.app.facts?.devices.length === 1);
    }
  });

  it("has a code that works within the minute, also when nothing else happens", async () => {
    const { clock, options } = withClock();
    const { world } = await connected(options);
    const { link } = world.app.facts ?? expect.fail("no node");
    clock.jump(3_600_000);
    clock.pass(60_000);
    await until(() => world.app.facts?.link !== undefined && world.app.facts.link !== link);
    expect((await phone(relayOf(world), world.app.facts?.link ?? "")).pairing.checkNumber).toMatch(/^\d{4}$/);
  });

  it("is told when it disagrees with the relay's, in the menu and in the settings", async () => {
    const { clock, options } = withClock();
    clock.jump(90 * DAY_MS);
    const { world } = await connected(options);
    const { tray } = world.electron;
    const notice =
      "This PC’s clock and the relay’s are 90 days apart. Until they agree, no unused device is forgotten.";
    await until(() => tray.labels().includes(notice));
    expect(world.app.view("settings").status.notes).toEqual([notice]);
    // It asks for nothing: devices come in all the same.
    expect(tray.image).toMatch(/connected/);
  });
});

describe("a relay that calls itself something else", () => {
  it("is told by that address without any words of it, and links lead to where the owner said", async () => {
    const port = String(await freePort());
    const origin = `http://127.0.0.1:${port}`;
    const relay = await startTestRelay({
      ORA_RELAY_PORT: port,
      ORA_RELAY_PUBLIC_URL: `${origin}/EVIL-WORDS`,
    });
    later(() => relay.close());
    const { world } = await connected({ settings: { relayUrl: relay.origin, plaintext: "refuse" } });
    const notice = `The relay calls itself ${origin}/…. Links lead to the address in Settings.`;
    await until(() => world.electron.tray.labels().includes(notice));
    expect(world.app.facts?.link).toMatch(new RegExp(`^${origin}/#`));
    expect(JSON.stringify(world.app.view("pairing").status)).not.toContain("EVIL");
  });
});

describe("the machine's network", () => {
  it("may change: then the relay is dialled at once, without waiting for the next attempt", async () => {
    let address = "192.0.2.1";
    const info = (): NetworkInterfaceInfo => ({
      address,
      family: "IPv4",
      internal: false,
      netmask: "255.255.255.0",
      mac: "00:00:00:00:00:00",
      cidr: `${address}/24`,
    });
    const { clock, options } = withClock({ interfaces: () => ({ eth0: [info()] }) }, true);
    const { world, relay } = await connected(options);
    const waiting = () => {
      const state = world.app.keeper.node?.relayState;
      return state?.kind === "waiting" ? state.until - clock.now() : undefined;
    };
    await relay.close();
    await until(() => waiting() !== undefined);
    // The pauses between attempts grow, until none can come before the look at the network.
    for (let left = waiting(); left !== undefined && left <= 2 * LOOK_EVERY_MS; left = waiting()) {
      clock.pass(left);
      await until(() => waiting() !== undefined);
    }
    const again = await startTestRelay({ ORA_RELAY_PORT: String(relay.port) });
    later(() => again.close());
    clock.pass(LOOK_EVERY_MS);
    expect(waiting()).toBeGreaterThan(0);
    address = "198.51.100.7";
    clock.pass(LOOK_EVERY_MS);
    await until(() => world.electron.tray.labels()[0]?.startsWith("Connected") === true);
  });
});

describe("a newer release", () => {
  it("is looked for once a day, and only when the owner lets the app", async () => {
    const { clock, options } = withClock();
    const { world } = await connected(options);
    let asked = 0;
    world.electron.release = async () => {
      asked += 1;
      return Response.json({ tag_name: "v2.0.0" });
    };
    clock.pass(DAY_MS);
    expect(asked).toBe(0);
    expect(await world.app.keeper.settings?.save("checkForUpdates", true)).toBeUndefined();
    clock.pass(DAY_MS);
    await until(() => world.electron.tray.labels().includes("Get version 2.0.0…"));
    expect(asked).toBe(1);
  });
});

/** What differs between Linux, macOS and Windows in the app's own hands: icon files, clicks, and who tells of the lock. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ClockInHand } from "./clock-in-hand.ts";
import { mainProcessStage } from "./main-process-stage.ts";
import { until } from "./tray-world.ts";

const stage = mainProcessStage();
const { connected, start } = stage;
beforeAll(stage.prepare);
afterEach(stage.clean);

describe("the icon", () => {
  it("is each system's own kind of file, in each state, and goes with the panel's colour", async () => {
    const images: Record<string, string> = {};
    for (const platform of ["linux", "darwin", "win32"] as const) {
      const { electron } = await start({ desktop: { platform } });
      images[platform] = electron.tray.image.replace(/^.*[\\/]tray[\\/]/, "").replaceAll("\\", "/");
      electron.isDark = true;
      electron.theme.emit("updated");
      images[`${platform} dark`] = electron.tray.image.replace(/^.*[\\/]tray[\\/]/, "").replaceAll("\\", "/");
    }
    expect(images).toEqual({
      linux: "linux/attention-dark-48.png",
      "linux dark": "linux/attention-dark-48.png",
      darwin: "mac/attentionTemplate.png",
      "darwin dark": "mac/attentionTemplate.png",
      win32: "windows/attention-light.ico",
      "win32 dark": "windows/attention-dark.ico",
    });
  });

  it("opens the code by a double-click, by a click where there is no double-click, and always by the menu", async () => {
    for (const [platform, click] of [
      ["linux", true],
      ["win32", false],
      ["darwin", false],
    ] as const) {
      const { electron } = await start({ desktop: { platform }, args: ["--at-login"] });
      electron.tray.happenings.emit("click");
      expect(electron.window("pairing") !== undefined, `${platform} click`).toBe(click);
      electron.window("pairing")?.destroy();
      electron.tray.happenings.emit("double-click");
      expect(electron.window("pairing"), platform).toBeDefined();
      electron.window("pairing")?.destroy();
      electron.tray.choose("Show code");
      await until(() => electron.window("pairing") !== undefined);
    }
  });
});

describe("the screen's lock", () => {
  it("is asked for where the system does not tell, while the code is in sight, and hides it", async () => {
    const clock = new ClockInHand();
    let locked = false;
    const { world } = await connected({ desktop: { clock, isScreenLocked: async () => locked } });
    const view = () => world.app.view("pairing");
    expect(view().link).toBeDefined();
    locked = true;
    clock.pass(2_000);
    await until(() => view().hidden);
    expect(view().link ?? view().typed ?? view().plaintext).toBeUndefined();
    const pushed = world.electron.window("pairing")?.sent.at(-1);
    expect(JSON.stringify(pushed)).toContain('"hidden":true');
    expect(JSON.stringify(pushed)).not.toContain("#P2.");
    locked = false;
    clock.pass(2_000);
    await until(() => view().link !== undefined);
  });

  it("keeps the code out of screen captures from the first moment, and only that window", async () => {
    const { world } = await connected();
    world.electron.tray.choose("Settings…");
    await until(() => world.electron.window("settings") !== undefined);
    expect(world.electron.window("pairing")?.isProtected).toBe(true);
    expect(world.electron.window("settings")?.isProtected).toBe(false);
  });
});

describe("the end of the session", () => {
  it("is held up until the devices have heard a goodbye", async () => {
    const { world, pair } = await connected();
    const session = await pair();
    await session.fetch("/x");
    let heldUp = false;
    world.electron.power.emit("shutdown", {
      preventDefault() {
        heldUp = true;
      },
    });
    expect(heldUp).toBe(true);
    expect(await world.electron.exit).toBe(0);
    await until(() => session.state.status !== "connected");
  });
});

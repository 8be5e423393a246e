/** What a person may have asked of the system: no motion, colours of their own, more contrast, the keyboard alone. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describePages } from "./describe-pages.ts";
import { activityView, capturedAnswer } from "./scenes/activity.ts";
import { pairingView } from "./scenes/pairing.ts";
import { at, settingsView } from "./scenes/settings.ts";
import { status } from "./scenes/status.ts";

const MAX_MOTION_MS = 150;

/** The longest transition or animation of anything in the page, in ms. */
function longestMotion(page: Page): Promise<number> {
  return page.evaluate(() => {
    const seconds = (text: string) => Math.max(...text.split(",").map((part) => Number.parseFloat(part)));
    const all = [...document.querySelectorAll("*")].flatMap((element) =>
      [undefined, "::before", "::after"].map((pseudo) => getComputedStyle(element, pseudo)),
    );
    const longest = all.map((style) =>
      Math.max(
        seconds(style.transitionDuration) + seconds(style.transitionDelay),
        style.animationName === "none" ? 0 : seconds(style.animationDuration),
      ),
    );
    return Math.round(Math.max(...longest) * 1_000);
  });
}

const style = (page: Page, selector: string, name: string, pseudo?: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((element, [property, part]) => getComputedStyle(element, part).getPropertyValue(property), [
      name,
      pseudo,
    ] as const);

describePages("what the system is asked for", (open) => {
  it("is no motion: then nothing moves but what tells the time; else nothing takes longer than a blink", async () => {
    const plays = [
      { window: "pairing", view: pairingView("en") },
      { window: "settings", view: settingsView("en", at("pairing")) },
      { window: "activity", view: activityView("en", 50) },
    ] as const;
    for (const play of plays) {
      const { page, close } = await open(play as Parameters<typeof open>[0]);
      await page.emulateMedia({ reducedMotion: "no-preference" });
      const usual = await longestMotion(page);
      expect(usual).toBeGreaterThan(0);
      expect(usual).toBeLessThanOrEqual(MAX_MOTION_MS);
      await page.emulateMedia({ reducedMotion: "reduce" });
      expect(await longestMotion(page)).toBe(0);
      await close();
    }
  });

  it("is colours of its own: the QR code stays black on white, whatever they are", async () => {
    for (const dark of [false, true]) {
      const look = { forcedColors: true, dark };
      const { page, close } = await open({ window: "pairing", view: pairingView("en"), look });
      expect(await style(page, ".qr-paper", "fill")).toBe("rgb(255, 255, 255)");
      expect(await style(page, ".qr-module", "fill")).toBe("rgb(20, 22, 26)");
      // What is left of the time differs from what is gone by colour and by width.
      expect(await style(page, ".ring-time", "stroke")).not.toBe(await style(page, ".ring-track", "stroke"));
      expect(await style(page, ".ring-time", "stroke-width")).not.toBe(
        await style(page, ".ring-track", "stroke-width"),
      );
      await close();
    }
  });

  it("is colours of its own: switches, the broken hop, the chosen row and who is there can still be told", async () => {
    const look = { forcedColors: true };
    const settings = await open({ window: "settings", view: settingsView("en", at("devices")), look });
    const { page } = settings;
    const on = ".switch > input:checked";
    const off = ".switch > input:not(:checked)";
    expect(await style(page, on, "background-color")).not.toBe(await style(page, off, "background-color"));
    expect(await style(page, on, "transform", "::before")).not.toBe(
      await style(page, off, "transform", "::before"),
    );
    expect(await style(page, ".presence-here", "background-color")).not.toBe(
      await style(page, ".presence:not(.presence-here)", "background-color"),
    );
    await settings.main.push(settingsView("en", { ...at("relay", 2), status: status("en", "relay_down") }));
    await page.locator(".hop-broken").waitFor();
    expect(await style(page, ".hop-broken", "transform", "::before")).not.toBe("none");
    expect(await style(page, ".hop-good", "transform", "::before")).toBe("none");
    await settings.close();

    const view = activityView("en", 5);
    const answer = capturedAnswer(view.rows);
    const activity = await open({ window: "activity", view, answer, look });
    await activity.page.locator("#request-3").click();
    await activity.page.locator("#request-3[aria-selected=true]").waitFor();
    expect(await style(activity.page, "#request-3", "outline-style")).toBe("solid");
    expect(await style(activity.page, "#request-2", "outline-style")).toBe("none");
    await activity.close();
  });

  it("is the keyboard alone: Tab reaches every control of every section, and shows where it is", async () => {
    const { page, main, close } = await open({ window: "settings", view: settingsView("en") });
    let times = 1;
    for (const section of [
      "relay",
      "api",
      "devices",
      "rules",
      "headers",
      "pairing",
      "app",
      "about",
    ] as const) {
      times += 1;
      await main.push(settingsView("en", at(section, times)));
      await page.locator(`[aria-current=page]`).waitFor();
      const unreached = await page.evaluate(() => {
        const controls = [
          ...document.querySelectorAll<HTMLElement>("main button, main input, main select, main summary"),
        ];
        // A group of radio buttons is one stop, at the chosen one.
        const stops = controls.filter(
          (control) => !(control instanceof HTMLInputElement && control.type === "radio" && !control.checked),
        );
        for (const [index, stop] of stops.entries()) stop.dataset.stop = String(index);
        (document.activeElement as HTMLElement | null)?.blur();
        return stops.length;
      });
      expect(unreached).toBeGreaterThan(0);
      const reached = new Set<string>();
      for (let press = 0; press < unreached + 40; press += 1) {
        await page.keyboard.press("Tab");
        const now = await page.evaluate(() => {
          const active = document.activeElement as HTMLElement | null;
          const { outlineStyle, outlineWidth } = getComputedStyle(active ?? document.body);
          return { stop: active?.dataset.stop, isSeen: outlineStyle !== "none" && outlineWidth !== "0px" };
        });
        if (now.stop === undefined) continue;
        reached.add(now.stop);
        expect(now.isSeen, `${section} ${now.stop}`).toBe(true);
      }
      expect(reached.size, section).toBe(unreached);
    }
    await close();
  });
});

/** Taps and keys that were meant for something else: what asks for a yes does not take them. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { SETTLE_MS } from "#shared/looks/guard-press.ts";
import { until } from "../support/until.ts";
import { describeHome, pairByLink, watch } from "./home-stage.ts";

const add = (page: Page) => page.getByRole("button", { name: "Add this PC" });
const title = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

/** Where a finger would come down, whether or not the button takes it. */
async function tap(page: Page, name: string): Promise<void> {
  const box = await page.getByRole("button", { name }).boundingBox();
  if (box === null) throw new Error(`${name} is not to be seen`);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

/** From now on the page's clock moves only when it is told. */
async function stopClock(page: Page): Promise<void> {
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 2_000));
}

describeHome("a question", (world) => {
  /** The question has just come up, and time stands still. */
  async function asked() {
    const node = await world.node();
    const profile = await world.profile();
    const { page } = profile;
    await page.clock.install();
    await page.goto(world.relay().origin);
    await page.getByRole("heading", { name: "No PC is here yet." }).waitFor();
    const link = await node.link();
    await stopClock(page);
    await page.evaluate(
      (hash) => {
        location.hash = hash;
      },
      link.slice(link.indexOf("#")),
    );
    // Drawing takes time, too; so little of it is the button's own.
    await until("the question came up", async () => {
      await page.clock.runFor(20);
      return (await title(page, "Add this PC?").count()) > 0;
    });
    return { ...profile, node };
  }

  it("takes no tap before it could be seen, and says so to who cannot see it", async () => {
    const { page, requests } = await asked();
    await page.clock.runFor(SETTLE_MS - 100);
    expect(await add(page).getAttribute("aria-disabled")).toBe("true");
    await tap(page, "Add this PC");
    await add(page).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    expect(await title(page, "Add this PC?").count()).toBe(1);
    await page.clock.runFor(200);
    expect(await add(page).getAttribute("aria-disabled")).toBeNull();
    expect(requests).toEqual([]);
    await page.clock.resume();
    await tap(page, "Add this PC");
    await title(page, "Studio PC is added").waitFor();
  });

  it("takes no press that began before, by finger or by key", async () => {
    const { page, requests } = await asked();
    const box = await add(page).boundingBox();
    await page.mouse.move((box?.x ?? 0) + 20, (box?.y ?? 0) + 20);
    await page.mouse.down();
    await page.clock.runFor(2 * SETTLE_MS);
    await page.mouse.up();
    await page.clock.runFor(2 * SETTLE_MS);
    await page.locator("h1").focus();
    await page.keyboard.down("Enter");
    await add(page).focus();
    // A key that is held repeats.
    await page.keyboard.down("Enter");
    await page.keyboard.down("Enter");
    await page.keyboard.up("Enter");
    expect(await title(page, "Add this PC?").count()).toBe(1);
    expect(requests).toEqual([]);
    await page.clock.resume();
    await page.keyboard.press("Enter");
    await title(page, "Studio PC is added").waitFor();
  });

  it("takes no tap right after something has pushed its button there", async () => {
    const { page, requests } = await asked();
    await page.clock.runFor(2 * SETTLE_MS);
    await page.evaluate(() => {
      const main = document.querySelector("main");
      if (main !== null) main.style.paddingBottom = "60px";
    });
    await tap(page, "Add this PC");
    expect(await title(page, "Add this PC?").count()).toBe(1);
    await page.clock.runFor(SETTLE_MS - 100);
    await tap(page, "Add this PC");
    expect(requests).toEqual([]);
    await page.clock.runFor(200);
    await page.clock.resume();
    await tap(page, "Add this PC");
    await title(page, "Studio PC is added").waitFor();
  });

  it("takes no tap right after the window has come to the front, as behind one that is closed under a finger", async () => {
    const { page, requests } = await asked();
    await page.clock.runFor(2 * SETTLE_MS);
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await tap(page, "Add this PC");
    expect(await title(page, "Add this PC?").count()).toBe(1);
    expect(requests).toEqual([]);
    await page.clock.resume();
    await add(page).click();
    await title(page, "Studio PC is added").waitFor();
  });

  it("is answered by a screen reader, which presses without a finger", async () => {
    const { page } = await asked();
    await add(page).evaluate((button: HTMLElement) => button.click());
    expect(await title(page, "Add this PC?").count()).toBe(1);
    await page.clock.runFor(2 * SETTLE_MS);
    await page.clock.resume();
    await add(page).evaluate((button: HTMLElement) => button.click());
    await title(page, "Studio PC is added").waitFor();
  });

  it("about a PC that is to be forgotten takes no second tap of the first one", async () => {
    const node = await world.node();
    const { page, context } = await world.profile();
    await pairByLink(page, await node.link());
    await page.close();
    const { page: again } = await watch(context);
    await again.clock.install();
    await again.goto(world.relay().origin);
    await again.getByText("connected", { exact: true }).waitFor();
    await again.getByRole("button", { name: "Name and settings of Studio PC" }).click();
    await again.getByRole("button", { name: "Forget this PC" }).waitFor();
    await stopClock(again);
    await again.getByRole("button", { name: "Forget this PC" }).click();
    await until("it was asked", async () => {
      await again.clock.runFor(20);
      return again.getByRole("dialog").isVisible();
    });
    await tap(again, "Forget Studio PC");
    expect(await again.getByRole("dialog").count()).toBe(1);
    await again.clock.resume();
    await again.getByRole("button", { name: "Forget Studio PC" }).click();
    await again.getByRole("heading", { name: "No PC is here yet." }).waitFor();
  });

  it("that was not asked opens no app: a tap right after the page came to the front is not meant", async () => {
    const node = await world.node();
    const { page, context } = await world.profile();
    await pairByLink(page, await node.link());
    await page.getByText("connected", { exact: true }).waitFor();
    const openApp = page.getByRole("button", { name: "Open app" });
    await openApp.and(page.locator(":not([aria-disabled])")).waitFor();
    // Both in one turn of the page: no clock is so slow that time passes between them.
    await openApp.evaluate((button: HTMLElement) => {
      window.dispatchEvent(new Event("focus"));
      button.click();
    });
    expect(context.pages()).toHaveLength(1);
    expect(node.events.some(({ kind }) => kind === "app_opened")).toBe(false);
    const opened = context.waitForEvent("page");
    await openApp.click();
    await opened;
  });
});

/** The activity window in a real browser: ten thousand rows, the keyboard, the filter, and what was kept. */

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describePages } from "./describe-pages.ts";
import { activityView, capturedAnswer, requestRow } from "./scenes/activity.ts";
import { HOSTILE_NAMES } from "./scenes/hostile.ts";

const ROWS = 10_000;
/** What stands in sight and a little more. */
const MAX_DRAWN = 60;
const ROW_PX = 36;

const drawn = (page: Page) => page.locator(".request").count();
const firstInSight = (page: Page) =>
  page.evaluate(() => {
    const box = document.querySelector(".request-scroll")?.getBoundingClientRect();
    const rows = [...document.querySelectorAll(".request")];
    return rows.find((row) => row.getBoundingClientRect().bottom > (box?.top ?? 0) + 1)?.id;
  });
const scrollTo = (page: Page, top: number) =>
  page.evaluate((to) => document.querySelector(".request-scroll")?.scrollTo({ top: to }), top);

describePages("the activity window", (open) => {
  it("keeps ten thousand rows right while few are in the page", async () => {
    const { page, faults, close } = await open({ window: "activity", view: activityView("en", ROWS) });
    expect(await page.getByText("10,000 requests").count()).toBe(1);
    for (const index of [0, 1, 4_321, 9_000]) {
      await scrollTo(page, index * ROW_PX);
      await expect.poll(() => firstInSight(page)).toBe(`request-${ROWS - 1 - index}`);
      expect(await drawn(page)).toBeLessThan(MAX_DRAWN);
    }
    await scrollTo(page, ROWS * ROW_PX);
    await page.locator("#request-0").waitFor();
    expect(await page.locator("#request-0").getAttribute("aria-posinset")).toBe("10000");
    expect(await page.locator("#request-0").getAttribute("aria-setsize")).toBe("10000");
    expect(await drawn(page)).toBeLessThan(MAX_DRAWN);
    expect(await faults()).toEqual([]);
    await close();
  });

  it("stays where it was scrolled to while requests come in, and tells how many", async () => {
    const { page, main, close } = await open({ window: "activity", view: activityView("en", ROWS) });
    await scrollTo(page, 100 * ROW_PX);
    await expect.poll(() => firstInSight(page)).toBe("request-9899");
    await main.push({ kind: "changes", rows: [requestRow(ROWS), requestRow(ROWS + 1)] });
    await page.getByRole("button", { name: "2 new" }).waitFor();
    expect(await firstInSight(page)).toBe("request-9899");
    await page.getByRole("button", { name: "2 new" }).click();
    await expect.poll(() => firstInSight(page)).toBe(`request-${ROWS + 1}`);
    await close();
  });

  it("shows new requests at the top, and a changed one in its place", async () => {
    const { page, main, close } = await open({ window: "activity", view: activityView("en", 3) });
    await main.push({
      kind: "changes",
      rows: [requestRow(1, { outcome: "failed" }), requestRow(3, { path: "/fresh" })],
    });
    await page.getByText("/fresh").waitFor();
    expect(await page.locator(".request").first().getAttribute("id")).toBe("request-3");
    expect(await page.locator("#request-1").textContent()).toContain("failed");
    await close();
  });

  it("is walked by the arrow keys, and tells the chosen row", async () => {
    const view = activityView("en", ROWS);
    const { page, close } = await open({
      window: "activity",
      view,
      answer: capturedAnswer(view.rows),
    });
    const list = page.getByRole("listbox");
    await list.focus();
    await page.keyboard.press("ArrowDown");
    expect(await list.getAttribute("aria-activedescendant")).toBe("request-9999");
    await page.keyboard.press("End");
    await page.locator("#request-0[aria-selected=true]").waitFor();
    expect(await list.getAttribute("aria-activedescendant")).toBe("request-0");
    await page.keyboard.press("ArrowUp");
    expect(await list.getAttribute("aria-activedescendant")).toBe("request-1");
    await page.keyboard.press("Home");
    expect(await firstInSight(page)).toBe("request-9999");
    await page.getByRole("region", { name: "Details" }).waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("region", { name: "Details" }).count()).toBe(0);
    await close();
  });

  it("filters by every word, and exports what is shown", async () => {
    const { page, main, close } = await open({ window: "activity", view: activityView("en", 500) });
    await page.getByRole("searchbox", { name: "Filter" }).fill("post pixel");
    const expected = activityView("en", 500)
      .rows.filter(({ method, device }) => method === "POST" && device === "Pixel 9")
      .map(({ id }) => id);
    await page.getByText(`${expected.length} of 500 requests`).waitFor();
    await page.getByRole("button", { name: "Export HAR" }).click();
    await expect.poll(() => main.commands.at(-1)).toEqual({ name: "exportHar", input: { ids: expected } });
    await close();
  });

  it("keeps headers and bodies only when it is switched on", async () => {
    const view = activityView("en", 5);
    const { page, main, close } = await open({ window: "activity", view });
    const capture = page.getByRole("switch", { name: "Keep headers and bodies in this run" });
    expect(await capture.isChecked()).toBe(false);
    await capture.focus();
    await page.keyboard.press(" ");
    await expect.poll(() => main.commands).toEqual([{ name: "setCapture", input: { on: true } }]);
    // It turns when the main process says so.
    expect(await capture.isChecked()).toBe(false);
    await main.push({ ...view, capture: true });
    await expect.poll(() => capture.isChecked()).toBe(true);
    await close();
  });

  it("shows what was kept as text alone", async () => {
    const view = activityView("en", 1);
    const [row] = view.rows;
    const side = {
      headers: [["x-evil", HOSTILE_NAMES.markup]],
      body: { text: HOSTILE_NAMES.markup, encoding: "utf8", truncated: false },
    };
    const { page, faults, close } = await open({
      window: "activity",
      view,
      answer: ({ name }) =>
        name === "activityDetails"
          ? { ok: true, value: { row, request: side, response: side } }
          : { ok: true, value: undefined },
    });
    await page.locator("#request-0").click();
    await page.getByText("<script>").first().waitFor();
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(await faults()).toEqual([]);
    await close();
  });

  it("copies as curl and clears", async () => {
    const { page, main, close } = await open({ window: "activity", view: activityView("en", 1) });
    await page.locator("#request-0").click();
    await page.getByRole("button", { name: "Copy as curl" }).click();
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await expect.poll(() => main.names()).toEqual(["activityDetails", "copyCurl", "clearActivity"]);
    await main.push(activityView("en", 0));
    await page.getByText("Nothing was asked of your app yet.").waitFor();
    await close();
  });
});

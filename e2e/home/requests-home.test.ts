/** The API client in its place: reached from a PC's card on the real home page, and forgotten with the PC. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeHome, pairByLink, watch } from "./home-stage.ts";

/** All that a draft might be found in later. */
const SECRET = "Bearer of-the-tab-alone";

async function openRequests(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Requests" }).click();
  await page.getByLabel("Path").waitFor();
}

/** Fills in a method of one's own, a path, a header and a body. */
async function typeDraft(page: Page): Promise<void> {
  await page.getByLabel("Method").selectOption("Other…");
  await page.getByLabel("Other method").fill("REPORT");
  await page.getByLabel("Path").fill("/half/written");
  await page.getByText(/^Headers · 0$/).click();
  await page.getByRole("button", { name: "Add a header" }).click();
  await page.getByLabel("Name of header 1").fill("Authorization");
  await page.getByLabel("Value of header 1").fill(SECRET);
  await page.getByText(/^Body · None$/).click();
  await page.getByRole("radio", { name: "JSON" }).check();
  await page.getByLabel("Body as JSON").fill('{"half":');
}

async function expectDraft(page: Page): Promise<void> {
  await openRequests(page);
  expect(await page.getByLabel("Other method").inputValue()).toBe("REPORT");
  expect(await page.getByLabel("Path").inputValue()).toBe("/half/written");
  expect(await page.getByLabel("Value of header 1").inputValue()).toBe(SECRET);
  expect(await page.getByLabel("Body as JSON").inputValue()).toBe('{"half":');
}

const draftsOf = (page: Page) => page.evaluate(() => Object.keys(sessionStorage).length);

/** The client's own part of the page, compressed; it is loaded when it is opened. */
const MAX_PART_BYTES = 30_000;

describeHome("the API client on the home page", (world) => {
  it("is a tap away, loads when it is opened, asks the PC's API, and leads back", async () => {
    world.api().on("/hello", (_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end('{"hello":"phone"}');
    });
    const node = await world.node();
    const { page, faults } = await world.profile();
    await pairByLink(page, await node.link());
    await page.getByText("connected", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Requests" }).click();
    await page.getByLabel("Path").fill("/hello");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("tree").getByText("phone").waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await page.goBack();
    await page.getByText("connected", { exact: true }).waitFor();
    expect(faults).toEqual([]);
  });

  it("keeps saved requests as long as the PC, and no longer", async () => {
    const node = await world.node("Lab server");
    const { page } = await world.profile();
    await pairByLink(page, await node.link());
    await page.getByRole("button", { name: "Requests" }).click();
    await page.getByRole("button", { name: "Save request" }).click();
    await page.getByText("Saved · 1").waitFor();
    const kept = () =>
      page.evaluate(
        () =>
          new Promise<number>((resolve, reject) => {
            const opening = indexedDB.open("ora-requests");
            opening.onerror = () => reject(opening.error);
            opening.onsuccess = () => {
              const counting = opening.result.transaction("saved").objectStore("saved").count();
              counting.onsuccess = () => {
                opening.result.close();
                resolve(counting.result);
              };
            };
          }),
      );
    await expect.poll(kept).toBe(1);
    await page.reload();
    await page.getByRole("button", { name: "Requests" }).click();
    await page.getByText("Saved · 1").waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Name and settings of Lab server" }).click();
    await page.getByRole("button", { name: /^Forget/ }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Forget/ })
      .click();
    await expect.poll(kept).toBe(0);
  });

  it("keeps what was typed and not sent through Back and a reload: for this tab, and nowhere else", async () => {
    const node = await world.node();
    const { page, context } = await world.profile();
    await pairByLink(page, await node.link());
    await openRequests(page);
    await typeDraft(page);
    await page.goBack();
    await expectDraft(page);
    // As a phone does that needs the room: nothing of the page is asked before.
    await page.reload();
    await expectDraft(page);
    const elsewhere = await page.evaluate(() =>
      JSON.stringify([location.href, history.state, { ...localStorage }, document.cookie, window.name]),
    );
    expect(elsewhere).not.toContain(SECRET);
    const other = await watch(context);
    await other.page.goto(world.relay().origin);
    await openRequests(other.page);
    expect(await other.page.getByLabel("Path").inputValue()).toBe("/");

    await page.getByRole("button", { name: "New request" }).click();
    expect(await page.getByLabel("Path").inputValue()).toBe("/");
    expect(await draftsOf(page)).toBe(0);
    await page.getByRole("button", { name: "Undo" }).click();
    expect(await page.getByLabel("Value of header 1").inputValue()).toBe(SECRET);
    expect(await draftsOf(page)).toBe(1);

    // Another tab forgets the PC.
    await other.page.goBack();
    await other.page.getByRole("button", { name: "Name and settings of Studio PC" }).click();
    await other.page.getByRole("button", { name: "Forget this PC" }).click();
    await other.page.getByRole("button", { name: "Forget Studio PC" }).click();
    await other.page.getByRole("heading", { name: "No PC is here yet." }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "No PC is here yet." }).waitFor();
    await expect.poll(() => draftsOf(page)).toBe(0);
  });

  it("keeps nothing that was typed once the PC has revoked this device", async () => {
    const node = await world.node();
    const { page } = await world.profile();
    await pairByLink(page, await node.link());
    await page.getByText("connected", { exact: true }).waitFor();
    await openRequests(page);
    await typeDraft(page);
    expect(await draftsOf(page)).toBe(1);
    for (const { id } of node.node.devices.list()) await node.node.revoke(id).stored;
    await expect.poll(() => draftsOf(page)).toBe(0);
    // What is written from here on is not kept either.
    await page.getByLabel("Path").fill("/after/all");
    expect(await draftsOf(page)).toBe(0);
    await page.goBack();
    await page.getByText(/^revoked on the PC, /).waitFor();
  });

  it("adds little to the page, and nothing to its first load", () => {
    const files = [...world.web().home].filter(([name]) => /^assets\/requests-page-\w+\.js$/.test(name));
    expect(files).toHaveLength(1);
    const page = world.web().home.get("index.html")?.identity.toString() ?? "";
    expect(page).not.toContain("requests-page");
    for (const [, { br }] of files) expect(br?.length).toBeLessThan(MAX_PART_BYTES);
  });
});

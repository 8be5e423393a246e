/** The API client in its place: reached from a PC's card on the real home page, and forgotten with the PC. */
import { expect, it } from "vitest";
import { describeHome, pairByLink } from "./home-stage.ts";

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

  it("adds little to the page, and nothing to its first load", () => {
    const files = [...world.web().home].filter(([name]) => /^assets\/requests-page-\w+\.js$/.test(name));
    expect(files).toHaveLength(1);
    const page = world.web().home.get("index.html")?.identity.toString() ?? "";
    expect(page).not.toContain("requests-page");
    for (const [, { br }] of files) expect(br?.length).toBeLessThan(MAX_PART_BYTES);
  });
});

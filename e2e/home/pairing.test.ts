/** Adding a PC to the page: by an opened link, by a typed code, and everything that can be wrong with either. */
import { expect, it } from "vitest";
import { describeHome } from "./home-stage.ts";

describeHome("adding a PC", (world) => {
  it("by an opened link asks first, and nothing goes to the network before the tap", async () => {
    const node = await world.node();
    const link = await node.link();
    const { page, faults, requests } = await world.profile();
    await page.goto(link);
    await page.getByRole("heading", { name: "Add this PC?" }).waitFor();
    expect(page.url()).toBe(`${world.relay().origin}/`);
    expect(requests).toEqual([]);
    await page.getByLabel("This phone's name").fill("Aiko's phone");
    await page.getByRole("button", { name: "Add this PC" }).click();
    await page.getByRole("heading", { name: "Studio PC is added" }).waitFor();
    const shown = await page.locator(".check-number").textContent();
    const paired = node.events.find((event) => event.kind === "paired");
    expect(shown).toContain(paired?.kind === "paired" ? paired.checkNumber : "none");
    expect(node.node.devices.all.map(({ name }) => name)).toEqual(["Aiko's phone"]);
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByText("connected", { exact: true }).waitFor();
    // It is there again when the page is opened again.
    await page.reload();
    await page.getByText("connected", { exact: true }).waitFor();
    expect(await page.getByRole("heading", { name: "Studio PC" }).count()).toBe(1);
    expect(faults).toEqual([]);
  });
});

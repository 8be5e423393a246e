/** The list of PCs: what it says of each broken hop, and what its owner can do. A relay's word never forgets a pairing. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { startTestApi } from "../support/api.ts";
import { startCoreNode } from "../support/core-node.ts";
import { startTestRelay } from "../support/relay.ts";
import { describeHome, pairByLink, watch } from "./home-stage.ts";

const card = (page: Page, name: string) => page.locator(".pc").filter({ hasText: name });
const connected = (page: Page) => page.getByText("connected", { exact: true });

describeHome("the list of PCs", (world) => {
  it("is empty with the one next step", async () => {
    const { page, faults, requests } = await world.profile();
    await page.goto(world.relay().origin);
    await page.getByRole("button", { name: "Add a PC" }).waitFor();
    expect(await page.getByRole("button", { name: "Add a PC" }).count()).toBe(1);
    expect(requests).toEqual([]);
    expect(faults).toEqual([]);
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  it("tells since when the PC is asleep, and connects when it wakes", async () => {
    const node = await world.node();
    const { page } = await world.profile();
    await pairByLink(page, await node.link());
    await connected(page).waitFor();
    node.node.sleep();
    await page.getByText(/^PC asleep since \d\d:\d\d$/).waitFor();
    await page.getByText("It will be here again when it wakes.").waitFor();
    await page.getByRole("button", { name: "Try now" }).click();
    await connected(page).waitFor();
  });

  it("tells when the PC's app does not answer, and since when", async () => {
    const api = await startTestApi((_, response) => response.end("here"));
    await api.close();
    const node = await startCoreNode({ relay: world.relay().origin, api: api.origin, machineName: "Lab" });
    world.afterTest(() => node.node.stop());
    const { page } = await world.profile();
    await pairByLink(page, await node.link());
    await page.getByText(/^the local app is not answering since \d\d:\d\d$/).waitFor();
    await page.getByText("PC reached, its app was not.").waitFor();
    expect(await page.locator(".hop-broken").textContent()).toContain("App");
  });

  it("tells when ORA on the PC was closed, and when it is back", async () => {
    const node = await world.node();
    const { page } = await world.profile();
    await pairByLink(page, await node.link());
    await connected(page).waitFor();
    await node.node.stop();
    await page.getByText(/^(ORA on the PC stopped at|PC not reached since) \d\d:\d\d$/).waitFor();
    expect(await page.locator(".hop-broken, .hop-resting").textContent()).toContain("PC");
  });

  it("tells when the relay is gone, keeps every PC, and finds back by itself", async () => {
    const relay = await startTestRelay({}, undefined, world.web());
    const node = await startCoreNode({ relay: relay.origin, api: world.api().origin });
    world.afterTest(() => node.node.stop());
    const { page } = await world.profile();
    await pairByLink(page, await node.link());
    await connected(page).waitFor();
    await relay.close();
    await page.getByText(/^(relay unreachable|relay restarting) since \d\d:\d\d$/).waitFor();
    const again = await startTestRelay({ ORA_RELAY_PORT: String(relay.port) }, undefined, world.web());
    world.afterTest(() => again.close());
    await connected(page).waitFor({ timeout: 60_000 });
  });

  it("is told of a revocation by the PC alone, stops at once, and offers to pair again", async () => {
    const node = await world.node();
    const { page } = await world.profile();
    await pairByLink(page, await node.link());
    await connected(page).waitFor();
    const [device] = node.node.devices.list();
    await node.node.revoke(device?.id ?? "").stored;
    await page.getByText(/^revoked on the PC, \d\d:\d\d$/).waitFor();
    await page.reload();
    await page.getByText(/^revoked on the PC, \d\d:\d\d$/).waitFor();
    expect(await page.locator(".pc").count()).toBe(1);
    await page.getByRole("button", { name: "Pair again" }).click();
    await page.getByRole("heading", { level: 1, name: "Add a PC" }).waitFor();
  });

  it("forgets nothing on a relay's word", async () => {
    const node = await world.node();
    const { page } = await world.profile();
    await pairByLink(page, await node.link());
    await connected(page).waitFor();
    // A relay that knows nothing of this device refuses it.
    const relay = await startTestRelay({}, undefined, world.web());
    world.afterTest(() => relay.close());
    await page.route("**/*", (route) => route.continue());
    await page.routeWebSocket(
      /\/ws\/client$/,
      (socket) => void socket.close({ code: 4403, reason: "denied" }),
    );
    await page.reload();
    await page.getByText(/^not let through since \d\d:\d\d$/).waitFor();
    await page.getByText("Nothing was forgotten here.").waitFor();
    expect(await card(page, "Studio PC").count()).toBe(1);
  });

  it("shows several PCs, each with a state of its own, and names as text alone", async () => {
    const hostile = "<img src=x onerror=alert(1)>";
    const first = await world.node("Studio PC");
    const second = await world.node(hostile);
    const { page, faults } = await world.profile();
    await pairByLink(page, await first.link());
    await pairByLink(page, await second.link());
    await expect.poll(() => connected(page).count()).toBe(2);
    expect(await page.locator("#page img").count()).toBe(0);
    first.node.sleep();
    await card(page, "Studio PC")
      .getByText(/^PC asleep since/)
      .waitFor();
    expect(await connected(page).count()).toBe(1);
    expect(faults).toEqual([]);
  });

  it("is renamed on this phone, and this phone on the PC", async () => {
    const node = await world.node();
    const { page } = await world.profile();
    await pairByLink(page, await node.link());
    await connected(page).waitFor();
    await page.getByRole("button", { name: "Name and settings of Studio PC" }).click();
    await page.getByLabel("Name on this device").fill("Atelier");
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByText("Saved.").waitFor();
    await page.getByLabel("This device's name on the PC").fill("Pixel of Aiko");
    await page.getByRole("button", { name: "Save" }).last().click();
    await expect.poll(() => node.node.devices.list()[0]?.name).toBe("Pixel of Aiko");
    await page.getByRole("button", { name: "Back" }).click();
    await page.getByRole("heading", { name: "Atelier" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Atelier" }).waitFor();
    await connected(page).waitFor();
  });

  it("forgets a PC only after the question, in every tab, and for good", async () => {
    const node = await world.node();
    const { page, context } = await world.profile();
    await pairByLink(page, await node.link());
    await connected(page).waitFor();
    const other = await watch(context);
    await other.page.goto(world.relay().origin);
    await connected(other.page).waitFor();
    await page.getByRole("button", { name: "Name and settings of Studio PC" }).click();
    await page.getByRole("button", { name: "Forget this PC" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Forget this PC" }).click();
    await page.getByRole("button", { name: "Forget Studio PC" }).click();
    for (const tab of [page, other.page]) {
      await tab.getByRole("heading", { name: "No PC is here yet." }).waitFor();
      await tab.reload();
      await tab.getByRole("heading", { name: "No PC is here yet." }).waitFor();
    }
  });

  it("opens the app in a tab of its own origin, which cannot reach back", async () => {
    const node = await world.node();
    const { page, context } = await world.profile();
    await pairByLink(page, await node.link());
    await connected(page).waitFor();
    const opened = context.waitForEvent("page");
    await page.getByRole("button", { name: "Open app" }).click();
    const tab = await opened;
    await tab.waitForURL((url) => url.hostname.endsWith(".localhost"));
    expect(new URL(tab.url()).origin).not.toBe(world.relay().origin);
    expect(await tab.evaluate(() => window.opener)).toBeNull();
  });

  it("speaks Japanese where the browser does, and keeps another choice", async () => {
    const { page } = await world.profile({ locale: "ja-JP" });
    await page.goto(world.relay().origin);
    await page.getByRole("heading", { name: "PC はまだありません。" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("ja");
    await page.getByLabel("言語").selectOption("en");
    await page.getByRole("heading", { name: "No PC is here yet." }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "No PC is here yet." }).waitFor();
  });

  it("opens without a network, from its own files alone, and answers for nothing else", async () => {
    const relay = await startTestRelay({}, undefined, world.web());
    const node = await startCoreNode({
      relay: relay.origin,
      api: world.api().origin,
      machineName: "Studio PC",
    });
    world.afterTest(() => node.node.stop());
    const { page, faults } = await world.profile();
    await pairByLink(page, await node.link());
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    const health = await page.evaluate(async () => (await fetch("health")).status);
    expect(health).toBe(200);
    await relay.close();
    await page.reload();
    await page.getByRole("heading", { name: "Studio PC" }).waitFor();
    await page.getByText(/^relay unreachable since/).waitFor();
    expect(
      await page.evaluate(() =>
        fetch("health").then(
          () => "answered",
          () => "failed",
        ),
      ),
    ).toBe("failed");
    expect(faults).toEqual([]);
  });

  it("looks again when the page comes back to sight", async () => {
    const node = await world.node();
    const { page } = await world.profile();
    await pairByLink(page, await node.link());
    await connected(page).waitFor();
    node.node.sleep();
    await page.getByText(/^PC asleep since/).waitFor();
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await connected(page).waitFor();
  });
});

/** A browser's storage that is stuck, broken, damaged or cleared: the page says what is so, and what is whole still works. */
import type { BrowserContext, Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeHome, pairByLink, watch } from "./home-stage.ts";

const connected = (page: Page) => page.getByText("connected", { exact: true });
const heading = (page: Page, name: string) => page.getByRole("heading", { name });
/** Longer than the page waits for the storage, with all its steps. Milliseconds. */
const ALL_WAITS_MS = 10_000;

/** Keeps the database busy from another tab, until what it gives is called. */
async function occupy(context: BrowserContext, origin: string): Promise<() => Promise<void>> {
  const { page } = await watch(context);
  await page.goto(`${origin}/health`);
  await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open("ora-home");
      request.onsuccess = () => resolve(request.result);
    });
    const store = database.transaction("items", "readwrite").objectStore("items");
    const spin = () => {
      const request = store.get("nothing");
      if (!("isFreed" in globalThis)) request.onsuccess = spin;
    };
    spin();
  });
  return () => page.evaluate(() => void Object.assign(globalThis, { isFreed: true }));
}

describeHome("the browser's storage", (world) => {
  async function paired() {
    const node = await world.node();
    const profile = await world.profile();
    const link = await node.link();
    await pairByLink(profile.page, link);
    await connected(profile.page).waitFor();
    return { ...profile, nextLink: () => node.link(link) };
  }

  it("that does not answer is named with what to do, and the list is there once it does", async () => {
    const { page, context, faults } = await paired();
    const free = await occupy(context, world.relay().origin);
    await page.bringToFront();
    await page.clock.install();
    await page.reload();
    await page.locator("[aria-busy=true]").waitFor();
    await page.clock.fastForward(ALL_WAITS_MS);
    await heading(page, "Your PCs could not be read.").waitFor();
    expect(await heading(page, "No PC is here yet.").count()).toBe(0);
    await free();
    await page.getByRole("button", { name: "Read again" }).click();
    await connected(page).waitFor();
    expect(faults).toEqual([]);
  });

  it.each([
    ["never opens", () => ({})],
    [
      "opens with an error",
      () => {
        const request = { error: new DOMException("broken", "UnknownError"), onerror: () => undefined };
        queueMicrotask(() => request.onerror());
        return request;
      },
    ],
  ])("that %s leaves no blank page, and a PC can be added for the time of the tab", async (_, open) => {
    const node = await world.node();
    const { page, context, faults } = await world.profile();
    await context.addInitScript(`IDBFactory.prototype.open = ${open}`);
    await page.clock.install();
    await page.goto(await node.link());
    await page.locator("h1").waitFor();
    await page.clock.fastForward(ALL_WAITS_MS);
    await page.getByText("the PC will be gone when you close this tab").waitFor();
    await page.clock.runFor(1_000);
    await page.getByRole("button", { name: "Add until the tab is closed" }).click();
    await heading(page, "Studio PC is added").waitFor();
    await page.getByRole("button", { name: "Done" }).click();
    await connected(page).waitFor();
    await page.getByText("This browser's storage does not answer.").waitFor();
    expect(faults).toEqual([]);
  });

  it("that holds damaged PCs gives the others, and leaves the damaged ones alone", async () => {
    const { page, faults } = await paired();
    const count = await page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open("ora-home");
        request.onsuccess = () => resolve(request.result);
      });
      const foreign = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["encrypt"]);
      const store = database.transaction("items", "readwrite").objectStore("items");
      const [good] = await new Promise<Record<string, unknown>[]>((resolve) => {
        const request = store.getAll();
        request.onsuccess = () => resolve(request.result);
      });
      const { record, key } = good as { record: Record<string, unknown>; key: Record<string, unknown> };
      const { key: _, ...keyless } = good as Record<string, unknown>;
      const damaged: Record<string, unknown>[] = [
        { id: "nothing" },
        { ...keyless, id: "keyless" },
        { ...good, id: "no-secret", key: { kind: "kept", publicKey: key.publicKey } },
        { ...good, id: "foreign-key", key: { ...key, privateKey: foreign } },
        { ...good, id: "short-key", key: { kind: "readable", privateKey: new Uint8Array(31) } },
        { ...good, id: "list", record: [record] },
        { ...good, id: "elsewhere", record: { ...record, relayUrl: "javascript:alert(1)" } },
        { ...good, id: "map", record: new Map(Object.entries(record)) },
        { ...good, id: "date", pairedAt: new Date() },
        { ...good, id: "blob", record: new Blob(["x"]) },
        { id: 7, record, key },
        { id: new Date(0) },
      ];
      for (const item of damaged) store.put(item);
      await new Promise((resolve) => {
        store.transaction.oncomplete = resolve;
      });
      return damaged.length;
    });
    await page.reload();
    await page.getByText(`${count} stored PCs could not be read and were left as they are.`).waitFor();
    await connected(page).waitFor();
    expect(await page.locator(".pc").count()).toBe(1);
    await page.getByRole("button", { name: "Name and settings of Studio PC" }).click();
    await page.getByLabel("Name on this device").fill("Atelier");
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByText("Saved.").waitFor();
    await page.reload();
    await heading(page, "Atelier").waitFor();
    await page.getByText(`${count} stored PCs could not be read`).waitFor();
    expect(faults).toEqual([]);
  });

  it("that cannot give one of its items gives the others", async () => {
    const { page, context } = await paired();
    await context.addInitScript(() => {
      IDBObjectStore.prototype.getAll = () => {
        throw new DOMException("one of them is lost", "DataError");
      };
    });
    await page.reload();
    await connected(page).waitFor();
  });

  it("that is cleared under the page is noticed at the next change, and takes new PCs", async () => {
    const { page, context, nextLink } = await paired();
    await page.getByRole("button", { name: "Name and settings of Studio PC" }).click();
    const browser = await context.newCDPSession(page);
    await browser.send("Storage.clearDataForOrigin", {
      origin: world.relay().origin,
      storageTypes: "all",
    });
    await page.getByLabel("Name on this device").fill("Atelier");
    await page.getByRole("button", { name: "Save" }).first().click();
    await heading(page, "No PC is here yet.").waitFor();
    await page.goto(await nextLink());
    await page.getByRole("button", { name: "Add this PC" }).click();
    await page.getByRole("button", { name: "Done" }).click();
    await connected(page).waitFor();
    await page.reload();
    await connected(page).waitFor();
  });
});

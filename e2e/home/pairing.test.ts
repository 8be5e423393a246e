/** Adding a PC to the page: by an opened link, by a typed code, and everything that can be wrong with either. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { formatPairingLink, parsePairingLink } from "#shared/protocol/pairing-link.ts";
import { MAX_DEVICES } from "../../desktop/core/devices/device-registry.ts";
import { until } from "../support/until.ts";
import { describeHome, pairByLink, watch } from "./home-stage.ts";

const add = (page: Page) => page.getByRole("button", { name: "Add this PC" });
const title = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

async function typeCode(page: Page, text: string): Promise<void> {
  await page.getByRole("button", { name: "Add a PC" }).click();
  await page.getByRole("button", { name: "Type the code" }).click();
  await page.getByLabel("Code or link").fill(text);
  await add(page).click();
}

describeHome("adding a PC", (world) => {
  it("by an opened link asks first, and nothing goes to the network before the tap", async () => {
    const node = await world.node();
    const link = await node.link();
    const { page, faults, requests } = await world.profile();
    await page.goto(link);
    await title(page, "Add this PC?").waitFor();
    expect(page.url()).toBe(`${world.relay().origin}/`);
    expect(requests).toEqual([]);
    await page.getByLabel("This device's name").fill("Aiko's phone");
    await add(page).click();
    await title(page, "Studio PC is added").waitFor();
    const shown = await page.locator(".check-number").textContent();
    const paired = node.events.find((event) => event.kind === "paired");
    expect(shown).toContain(paired?.kind === "paired" ? paired.checkNumber : "none");
    expect(node.node.devices.list().map(({ name }) => name)).toEqual(["Aiko's phone"]);
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByText("connected", { exact: true }).waitFor();
    // It is there again when the page is opened again.
    await page.reload();
    await page.getByText("connected", { exact: true }).waitFor();
    expect(await page.getByRole("heading", { name: "Studio PC" }).count()).toBe(1);
    expect(faults).toEqual([]);
  });

  it("keeps the key where no script can read it, and never in the address, the history or the storage", async () => {
    const node = await world.node();
    const { page } = await world.profile();
    const link = await node.link();
    await pairByLink(page, link);
    const kept = await page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open("ora-home");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const [item] = await new Promise<{ key: { privateKey: CryptoKey } }[]>((resolve) => {
        const request = database.transaction("items").objectStore("items").getAll();
        request.onsuccess = () => resolve(request.result);
      });
      const key = item?.key.privateKey;
      const exported =
        key === undefined
          ? "no key"
          : await crypto.subtle.exportKey("raw", key).then(
              () => "given",
              () => "refused",
            );
      return {
        isKey: key instanceof CryptoKey,
        extractable: key?.extractable,
        exported,
        state: JSON.stringify(history.state),
        storage: JSON.stringify({ ...localStorage }),
        cookie: document.cookie,
      };
    });
    expect(kept).toMatchObject({ isKey: true, extractable: false, exported: "refused", cookie: "" });
    const secret = link.slice(link.lastIndexOf(".") + 1);
    expect(kept.state + kept.storage).not.toContain(secret);
  });

  it("by a typed code, as people type it", async () => {
    const node = await world.node();
    const { page, faults } = await world.profile();
    await page.goto(world.relay().origin);
    const code = await node.typedCode();
    await typeCode(page, ` ${code.toLowerCase().replace("-", " ")} `);
    await title(page, "Studio PC is added").waitFor();
    expect(faults).toEqual([]);
  });

  it("says what is wrong with what was typed, and lets it be mended", async () => {
    const { page } = await world.profile();
    await page.goto(world.relay().origin);
    await typeCode(page, "hello");
    await page.getByText("That is no code and no link.").waitFor();
    expect(await page.getByLabel("Code or link").inputValue()).toBe("hello");
    await page.getByLabel("Code or link").fill("K7QX9-M2TAB");
    await add(page).click();
    await page.getByText("That is the code for clients without encryption.").waitFor();
  });

  it("with a code that nobody shows, or a wrong one, sends the person to the next code", async () => {
    const node = await world.node();
    const { page } = await world.profile();
    await page.goto(world.relay().origin);
    await typeCode(page, "0000-0000");
    await title(page, "The relay knows no such code.").waitFor();
    await page.getByRole("button", { name: "Back to the list" }).click();
    const code = await node.typedCode();
    const wrong = `${code.slice(0, -1)}${code.endsWith("7") ? "8" : "7"}`;
    await typeCode(page, wrong);
    await title(page, "The code is wrong.").waitFor();
    expect(node.node.devices.list()).toEqual([]);
  });

  it("with a used link says so", async () => {
    const node = await world.node();
    const link = await node.link();
    const first = await world.profile();
    await pairByLink(first.page, link);
    const { page } = await world.profile();
    await page.goto(link);
    await add(page).click();
    await page.getByRole("heading", { name: /used already|knows no such code/ }).waitFor();
    expect(node.node.devices.list().length).toBe(1);
  });

  it.each([
    [
      "a link of another version",
      (link: string) => link.replace("#P2.", "#P3."),
      "The link is of another version.",
    ],
    ["a link that lost its end", (link: string) => link.slice(0, -3), "The link arrived damaged."],
    [
      "markup in place of a link",
      (link: string) => `${link.slice(0, link.indexOf("#"))}#P2.<img src=x onerror=alert(1)>`,
      "The link arrived damaged.",
    ],
  ])("with %s stays here and says so", async (_, change, words) => {
    const node = await world.node();
    const { page, requests, faults } = await world.profile();
    await page.goto(change(await node.link()));
    await title(page, words).waitFor();
    expect(page.url()).toBe(`${world.relay().origin}/`);
    expect(await page.locator("#page img").count()).toBe(0);
    expect(requests).toEqual([]);
    expect(faults).toEqual([]);
  });

  it.each(["#something", "#__proto__", "#javascript:alert(1)", `#${"A".repeat(5_000)}`])(
    "takes a fragment that is no link out of the address, and does nothing else: %s",
    async (fragment) => {
      const { page, requests, faults } = await world.profile();
      await page.goto(`${world.relay().origin}/${fragment}`);
      await page.getByRole("heading", { name: "No PC is here yet." }).waitFor();
      expect(page.url()).toBe(`${world.relay().origin}/`);
      expect(requests).toEqual([]);
      expect(faults).toEqual([]);
    },
  );

  it("with the link of another relay leads there only by a tap", async () => {
    const node = await world.node();
    const offer = parsePairingLink(await node.link());
    if (offer === undefined) throw new Error("the node shows no link");
    const { page, requests } = await world.profile();
    await page.goto(world.relay().origin);
    await typeCode(page, formatPairingLink("https://other.example", offer));
    await title(page, "This PC uses another relay.").waitFor();
    await page.getByRole("button", { name: "Open other.example" }).waitFor();
    expect(requests).toEqual([]);
  });

  it("opened in the same tab asks again, and going back asks for nothing", async () => {
    const node = await world.node();
    const { page } = await world.profile();
    await page.goto(world.relay().origin);
    await page.getByRole("heading", { name: "No PC is here yet." }).waitFor();
    await page.goto(await node.link());
    await title(page, "Add this PC?").waitFor();
    expect(page.url()).toBe(`${world.relay().origin}/`);
    await page.getByRole("button", { name: "Do not add" }).click();
    await page.getByRole("heading", { name: "No PC is here yet." }).waitFor();
    expect(node.node.devices.list()).toEqual([]);
  });

  it("shows the check number while the PC's owner is asked, and what was answered", async () => {
    const node = await world.node("Studio PC", { ORA_NODE_ASK_BEFORE_PAIRING: "1" });
    const { page } = await world.profile();
    let link = "";
    for (const allowed of [false, true]) {
      link = await node.link(link);
      await page.goto("about:blank");
      await page.goto(link);
      await add(page).click();
      await title(page, "Do both screens show this number?").waitFor();
      const [question] = node.node.desk.questions;
      expect(await page.locator(".check-number").textContent()).toContain(question?.checkNumber ?? "none");
      if (question !== undefined) node.node.desk.decide(question.id, allowed);
      await title(page, allowed ? "Studio PC is added" : "The PC said no.").waitFor();
    }
  });

  it("with a PC that holds as many devices as it can says so, and keeps nothing of it", async () => {
    const node = await world.node();
    for (let count = 0; count < MAX_DEVICES; count += 1) {
      await node.node.devices.add(node.node.devices.freshId(), {
        publicKey: crypto.getRandomValues(new Uint8Array(32)),
        routeTokenHash: encodeBase64Url(crypto.getRandomValues(new Uint8Array(32))),
        name: "old",
      });
    }
    const { page } = await world.profile();
    await page.goto(await node.link());
    await add(page).click();
    await title(page, "The PC has no room for this device.").waitFor();
    await page.getByText("Remove one in the list of devices on the PC").waitFor();
    await page.getByRole("button", { name: "Back to the list" }).click();
    await page.getByRole("heading", { name: "No PC is here yet." }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "No PC is here yet." }).waitFor();
  });

  it("with a link that a lost network left unused tries the same one again", async () => {
    const node = await world.node();
    const { page, context } = await world.profile();
    await page.goto(await node.link());
    await add(page).waitFor();
    await context.setOffline(true);
    await add(page).click();
    await title(page, "This device has no network.").waitFor();
    await context.setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await title(page, "Studio PC is added").waitFor();
    expect(node.node.devices.list()).toHaveLength(1);
  });

  it("is cancelled in the middle, and nothing is left of it", async () => {
    const node = await world.node("Studio PC", { ORA_NODE_ASK_BEFORE_PAIRING: "1" });
    const { page } = await world.profile();
    await page.goto(await node.link());
    await add(page).click();
    await title(page, "Do both screens show this number?").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("heading", { name: "No PC is here yet." }).waitFor();
    await until("the PC asked no more", () => node.node.desk.questions.length === 0);
    expect(node.node.devices.list()).toEqual([]);
  });

  it("a second time asks with the name that it has, and replaces the entry", async () => {
    const node = await world.node();
    const { page } = await world.profile();
    const link = await node.link();
    await pairByLink(page, link);
    await page.goto("about:blank");
    await page.goto(await node.link(link));
    await page.getByText("This PC is in your list as “Studio PC”.").waitFor();
    await add(page).click();
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByText("connected", { exact: true }).waitFor();
    expect(await page.locator(".pc").count()).toBe(1);
  });

  it("says when the PC is gone", async () => {
    const node = await world.node();
    const link = await node.link();
    await node.node.stop();
    const { page } = await world.profile();
    await page.goto(link);
    await add(page).click();
    await page.getByRole("heading", { name: /knows no such code|used already|your PC was not/ }).waitFor();
  });

  it("into a browser that keeps nothing works until the tab is closed, and says so before", async () => {
    const node = await world.node();
    const { page, faults, context } = await world.profile();
    await context.addInitScript(() => {
      Object.defineProperty(globalThis, "indexedDB", { value: undefined });
      Object.defineProperty(globalThis, "localStorage", {
        get: () => {
          throw new DOMException("forbidden", "SecurityError");
        },
      });
    });
    await page.goto(await node.link());
    await page.getByText("the PC will be gone when you close this tab").waitFor();
    await page.getByRole("button", { name: "Add until the tab is closed" }).click();
    await title(page, "Studio PC is added").waitFor();
    await page.getByText("It stays until you close this tab").waitFor();
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByText("connected", { exact: true }).waitFor();
    await page.getByText("This browser keeps nothing here.").waitFor();
    expect(faults).toEqual([]);
  });

  it("onto a full phone spends no code before its owner knows", async () => {
    const node = await world.node();
    const { page, context } = await world.profile();
    await context.addInitScript(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    await page.goto(await node.link());
    await add(page).click();
    await page.getByText("the PC will be gone when you close this tab").waitFor();
    expect(node.node.devices.list()).toEqual([]);
    await page.getByRole("button", { name: "Add until the tab is closed" }).click();
    await title(page, "Studio PC is added").waitFor();
  });

  it("into a browser without keys of its own keeps bytes", async () => {
    const node = await world.node();
    const { page, context } = await world.profile();
    await context.addInitScript(() => {
      const refuse = () => Promise.reject(new DOMException("no", "NotSupportedError"));
      Object.defineProperty(crypto.subtle, "generateKey", { value: refuse });
    });
    await pairByLink(page, await node.link());
    await page.reload();
    await page.getByText("connected", { exact: true }).waitFor();
  });

  it("shows up in the other tab", async () => {
    const node = await world.node();
    const { page, context } = await world.profile();
    const other = await watch(context);
    await other.page.goto(world.relay().origin);
    await other.page.getByRole("heading", { name: "No PC is here yet." }).waitFor();
    await pairByLink(page, await node.link());
    await other.page.getByText("connected", { exact: true }).waitFor();
    await page.getByText("connected", { exact: true }).waitFor();
    expect(node.node.devices.list().length).toBe(1);
  });
});

/** The settings window in a real browser: bad values stay unsaved with their reason, and dangerous acts are asked for. */
import { expect, it } from "vitest";
import { describePages } from "./describe-pages.ts";
import { HOSTILE_NAMES } from "./scenes/hostile.ts";
import { at, settingsAnswer, settingsView } from "./scenes/settings.ts";
import { status } from "./scenes/status.ts";

describePages("the settings window", (open) => {
  it("keeps a bad value in its field, with the reason beside it", async () => {
    const { page, main, close } = await open({
      window: "settings",
      view: settingsView("en"),
      answer: settingsAnswer,
    });
    const address = page.getByRole("textbox", { name: "Relay's address" });
    await address.fill("relay example");
    await address.press("Enter");
    await page.getByRole("alert").filter({ hasText: "not a relay's address" }).waitFor();
    expect(await address.getAttribute("aria-invalid")).toBe("true");
    const described = (await address.getAttribute("aria-describedby")) ?? "";
    expect(await page.locator(`[id="${described}"]`).textContent()).toContain("not a relay's address");
    await address.fill("wss://other.example");
    expect(await address.getAttribute("aria-invalid")).toBeNull();
    await page.getByRole("button", { name: "Save" }).click();
    await main.push(
      settingsView("en", { values: { ...settingsView("en").values, relayUrl: "wss://other.example" } }),
    );
    await page.getByText("Saved.").waitFor();
    expect(main.commands.at(-1)).toEqual({
      name: "saveSetting",
      input: { key: "relayUrl", value: "wss://other.example" },
    });
    await close();
  });

  it("leaves alone what is being typed while the main process pushes", async () => {
    const { page, main, close } = await open({ window: "settings", view: settingsView("en") });
    const address = page.getByRole("textbox", { name: "Relay's address" });
    await address.fill("wss://half");
    await main.push(settingsView("en", { status: status("en", "connecting") }));
    await page.getByText("it does not answer").first().waitFor();
    expect(await address.inputValue()).toBe("wss://half");
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("INPUT");
    await address.press("Escape");
    expect(await address.inputValue()).toBe("wss://relay.example");
    await close();
  });

  it("tests what is typed, not what is saved, and names the hop that broke", async () => {
    const { page, main, close } = await open({
      window: "settings",
      view: settingsView("en"),
      answer: settingsAnswer,
    });
    await page.getByRole("textbox", { name: "Relay's address" }).fill("wss://new.example");
    await page.getByRole("button", { name: "Test" }).click();
    const hops = page.getByRole("list", { name: "From here to the relay" });
    await hops.waitFor();
    expect(await hops.getByRole("listitem").allTextContents()).toEqual([
      "Name: good",
      "Line: good",
      "TLS: broken",
      "Relay: not reached",
      "Your PC: not reached",
    ]);
    await page.getByText("The encrypted line could not be made.").waitFor();
    expect(main.commands).toEqual([{ name: "testRelay", input: { url: "wss://new.example" } }]);
    await close();
  });

  it("leads to the relay's address at the first run, and to nothing else", async () => {
    const view = settingsView("en", {
      firstRun: true,
      status: status("en", "no_relay"),
      values: { ...settingsView("en").values, relayUrl: "", hasEnrollKey: false },
    });
    const { page, main, close } = await open({ window: "settings", view });
    expect(await page.getByRole("navigation").count()).toBe(0);
    await page.keyboard.press("Tab");
    await page.keyboard.type("wss://relay.example");
    await page.keyboard.press("Enter");
    await expect
      .poll(() => main.commands)
      .toEqual([{ name: "saveSetting", input: { key: "relayUrl", value: "wss://relay.example" } }]);
    await close();
  });

  it("goes through its sections by keyboard, and to the one the menu asks for", async () => {
    const { page, main, close } = await open({ window: "settings", view: settingsView("en") });
    await page.getByRole("button", { name: "Access rules" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Access rules", level: 2 }).waitFor();
    expect(await page.getByRole("button", { name: "Access rules" }).getAttribute("aria-current")).toBe(
      "page",
    );
    await main.push(settingsView("en", at("about", 2)));
    await page.getByText("Version 1.0.0").waitFor();
    await close();
  });

  it("goes where the menu leads a second time, also to where it led before", async () => {
    const { page, main, close } = await open({ window: "settings", view: settingsView("en") });
    await page.getByRole("button", { name: "About" }).click();
    await page.getByText("Version 1.0.0").waitFor();
    // What changes by itself leads nowhere.
    await main.push(settingsView("en", { status: status("en", "connecting") }));
    expect(await page.getByText("Version 1.0.0").count()).toBe(1);
    await main.push(settingsView("en", at("relay", 2)));
    await page.getByRole("textbox", { name: "Relay's address" }).waitFor();
    await close();
  });

  it("opens a device's name to be typed when the menu asks for that, and leaves it alone afterwards", async () => {
    const view = settingsView("en", { led: { section: "devices", times: 2, renamed: "bbbbbbbb" } });
    const { page, main, close } = await open({ window: "settings", view });
    const field = page.getByRole("textbox", { name: "New name" });
    expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
    await page.keyboard.type("Kitchen");
    await page.keyboard.press("Enter");
    await expect
      .poll(() => main.commands)
      .toEqual([{ name: "renameDevice", input: { device: "bbbbbbbb", name: "Kitchen" } }]);
    await expect.poll(() => field.count()).toBe(0);
    await main.push(view);
    expect(await field.count()).toBe(0);
    await close();
  });

  it("removes a rule that cannot be read, which else would refuse everything for good", async () => {
    const view = settingsView("en", { ...at("rules"), damaged: ["rule-4"], damagedRules: [4] });
    const { page, main, close } = await open({ window: "settings", view });
    await page.getByRole("button", { name: "Remove: Rule 4" }).click();
    await expect.poll(() => main.commands).toEqual([{ name: "removeRule", input: { number: 4 } }]);
    await close();
  });

  it("says beside the proxy's address that SOCKS cannot be used", async () => {
    const view = settingsView("en", at("app"));
    const answer = () => ({ ok: false, problem: "socks_proxy" }) as const;
    const { page, close } = await open({ window: "settings", view, answer });
    await page.getByRole("radio", { name: "This one" }).check();
    const address = page.getByRole("textbox", { name: "Proxy's address" });
    await address.fill("socks5://127.0.0.1:9050");
    await address.press("Enter");
    await page.getByRole("alert").filter({ hasText: "SOCKS proxies cannot be used" }).waitFor();
    expect(await address.getAttribute("aria-invalid")).toBe("true");
    expect(await address.inputValue()).toBe("socks5://127.0.0.1:9050");
    await close();
  });

  it("asks before it revokes, with the focus on Cancel, and gives the focus back", async () => {
    const { page, main, close } = await open({
      window: "settings",
      view: settingsView("en", at("devices")),
    });
    const revoke = page.getByRole("button", { name: "Revoke Pixel 9" });
    await revoke.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Revoke Pixel 9?" });
    await dialog.waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await revoke.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(main.commands).toEqual([]);
    await revoke.click();
    await dialog.getByRole("button", { name: "Revoke Pixel 9" }).click();
    await expect.poll(() => main.commands).toEqual([{ name: "revokeDevice", input: { device: "aaaaaaaa" } }]);
    await close();
  });

  it("makes a device read only and renames it", async () => {
    const { page, main, close } = await open({
      window: "settings",
      view: settingsView("en", at("devices")),
    });
    await page.getByRole("switch", { name: "Read only Pixel 9" }).press(" ");
    await page.getByRole("button", { name: "Rename: Pixel 9" }).click();
    await page.getByRole("textbox", { name: "New name" }).fill("Dana's phone");
    await page.keyboard.press("Enter");
    await expect
      .poll(() => main.commands)
      .toEqual([
        { name: "setReadOnly", input: { device: "aaaaaaaa", readOnly: true } },
        { name: "renameDevice", input: { device: "aaaaaaaa", name: "Dana's phone" } },
      ]);
    await close();
  });

  it("never shows a key or a header's value, and forgets it once it is sent", async () => {
    const { page, main, close } = await open({
      window: "settings",
      view: settingsView("en", at("headers")),
    });
    await page.getByRole("textbox", { name: "Name" }).fill("x-secret");
    const value = page.getByLabel("Value");
    expect(await value.getAttribute("type")).toBe("password");
    await value.fill("hunter2");
    await page.getByRole("button", { name: "Add header" }).click();
    await expect
      .poll(() => main.commands.at(-1))
      .toEqual({
        name: "setHeader",
        input: { name: "x-secret", value: "hunter2" },
      });
    await expect.poll(() => value.inputValue()).toBe("");
    await close();
  });

  it("puts the reason beside the field it is about", async () => {
    const { page, close } = await open({
      window: "settings",
      view: settingsView("en", at("rules")),
      answer: () => ({ ok: false, problem: "bad_prefix" }),
    });
    await page.getByRole("textbox", { name: "Path" }).first().fill("admin");
    await page.getByRole("button", { name: "Add rule" }).click();
    await expect
      .poll(() => page.getByRole("textbox", { name: "Path" }).first().getAttribute("aria-invalid"))
      .toBe("true");
    await page.getByRole("textbox", { name: "Methods" }).fill("G-T");
    await page.getByRole("button", { name: "Add rule" }).click();
    await expect
      .poll(() => page.getByRole("textbox", { name: "Methods" }).getAttribute("aria-invalid"))
      .toBe("true");
    await close();
  });

  it("speaks Japanese when the view does", async () => {
    const { page, main, close } = await open({ window: "settings", view: settingsView("en") });
    await main.push(settingsView("ja"));
    await page.getByRole("heading", { name: "リレー", level: 2 }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("ja");
    expect(await page.title()).toBe("設定");
    await close();
  });

  it("lets no device's name break its list", async () => {
    const devices = Object.entries(HOSTILE_NAMES).map(([id, name]) => ({
      id,
      name,
      created: 0,
      lastSeen: 0,
      connected: false,
      readOnly: false,
    }));
    const { page, faults, close } = await open({
      window: "settings",
      view: settingsView("en", { ...at("devices"), devices }),
    });
    expect(await page.locator(".device").count()).toBe(devices.length);
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(await page.title()).toBe("Settings");
    for (const button of await page.getByRole("button", { name: /^Revoke (?!all)/ }).all()) {
      const box = await button.boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(820);
    }
    expect(await faults()).toEqual([]);
    await close();
  });
});

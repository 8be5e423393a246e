/** The pairing window in a real browser: by keyboard, by ear, and with what a hostile client can put into it. */
import { expect, it } from "vitest";
import { describePages } from "./describe-pages.ts";
import { HOSTILE_NAMES } from "./scenes/hostile.ts";
import { NOW } from "./scenes/now.ts";
import { pairingView, withoutCode } from "./scenes/pairing.ts";
import { status } from "./scenes/status.ts";

const question = {
  id: 7,
  name: "Pixel 9",
  client: "ORA web",
  via: "code",
  checkNumber: "4821",
  expiresAt: NOW + 100_000,
} as const;

describePages("the pairing window", (open) => {
  it("does what its buttons say, from the keyboard alone", async () => {
    const { page, main, faults, close } = await open({ window: "pairing", view: pairingView("en") });
    for (const name of ["Copy link", "Copy code", "New code"]) {
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.textContent)).toContain(name);
      await page.keyboard.press("Enter");
    }
    await expect.poll(() => main.names()).toEqual(["copyLink", "copyCode", "newCode"]);
    expect(await faults()).toEqual([]);
    await close();
  });

  it("says that it copied, where it was pressed and to a screen reader", async () => {
    const { page, close } = await open({ window: "pairing", view: pairingView("en") });
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.getByRole("status").allTextContents()).toContain("Copied");
    await page.clock.runFor(2_500);
    await page.getByRole("button", { name: "Copy link" }).waitFor();
    await close();
  });

  it("counts down by a clock that a jump of the system's does not move", async () => {
    const { page, close } = await open({ window: "pairing", view: pairingView("en") });
    await page.getByText("1:27 left").waitFor();
    await page.clock.setSystemTime(NOW + 86_400_000);
    await page.clock.runFor(7_000);
    await page.getByText("1:20 left").waitFor();
    await close();
  });

  it("hides a code whose time is over before the next one comes", async () => {
    const { page, main, close } = await open({ window: "pairing", view: pairingView("en") });
    await page.clock.runFor(88_000);
    await page.getByText("The next code is on its way.").first().waitFor();
    expect(await page.locator(".qr").count()).toBe(0);
    await main.push(
      pairingView("en", { now: NOW + 88_000, typed: { value: "AAAA-BBBB", expiresAt: NOW + 208_000 } }),
    );
    await page.locator(".typed-code").getByText("AAAA", { exact: true }).waitFor();
    expect(await page.locator("[role=status]").last().textContent()).toContain("AAAA BBBB");
    await close();
  });

  it("spells the code to a screen reader", async () => {
    const { page, close } = await open({ window: "pairing", view: pairingView("en") });
    expect(await page.locator(".typed-code .unseen").textContent()).toBe("Pairing code: K 7 Q X, 9 M 0 T");
    await close();
  });

  it("holds no code in the page while the screen is locked", async () => {
    const { page, main, close } = await open({ window: "pairing", view: pairingView("en") });
    await main.push(withoutCode("en", { hidden: true }));
    await page.getByText("hidden while the screen is locked").first().waitFor();
    const html = await page.content();
    expect(html).not.toContain("K7QX");
    expect(html).not.toContain("9M0T");
    await close();
  });

  it("asks with nothing focused that says yes, and takes no Allow in the first moment", async () => {
    const { page, main, close } = await open({ window: "pairing", view: pairingView("en") });
    await page.getByRole("button", { name: "New code" }).focus();
    await main.push(pairingView("en", { questions: [question] }));
    await page.getByRole("heading", { name: "Pixel 9 wants in" }).waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.press(" ");
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    expect(main.names()).toEqual([]);
    await page.clock.runFor(700);
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    await expect.poll(() => main.commands).toEqual([{ name: "decide", input: { question: 7, allow: true } }]);
    await close();
  });

  it("says no at once", async () => {
    const view = pairingView("en", { questions: [question] });
    const { page, main, close } = await open({ window: "pairing", view });
    await page.getByRole("button", { name: "Don't allow" }).click();
    await expect
      .poll(() => main.commands)
      .toEqual([{ name: "decide", input: { question: 7, allow: false } }]);
    await close();
  });

  it("offers what helps when there is no connection", async () => {
    const view = withoutCode("en", { status: status("en", "no_relay") });
    const { page, main, close } = await open({ window: "pairing", view });
    await page.getByRole("button", { name: "Relay settings" }).click();
    await main.push(withoutCode("en", { status: status("en", "paused") }));
    await page.getByRole("button", { name: "Resume" }).click();
    await main.push(withoutCode("en", { status: status("en", "connecting") }));
    await page.getByText("Next try in 8 seconds.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => main.names()).toEqual(["openSettings", "resume", "tryNow"]);
    await close();
  });

  it("takes a pairing back", async () => {
    const view = pairingView("en", {
      paired: [{ device: "abcdefgh", name: "Pixel 9", checkNumber: "4821" }],
    });
    const { page, main, close } = await open({ window: "pairing", view });
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Done" }).click();
    await expect.poll(() => main.names()).toEqual(["undoPairing", "dismissPaired"]);
    await close();
  });

  for (const [kind, name] of Object.entries(HOSTILE_NAMES)) {
    it(`is not harmed by a name with ${kind}`, async () => {
      const view = pairingView("en", {
        pcName: name,
        questions: [{ ...question, name, client: name }],
      });
      const { page, faults, close } = await open({ window: "pairing", view });
      await page.getByRole("heading", { level: 2 }).waitFor();
      expect(await page.title()).toBe("Pair a phone");
      expect(await page.locator("main img, main script").count()).toBe(0);
      const shown = (await page.getByRole("heading", { level: 2 }).textContent()) ?? "";
      expect(shown).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|\p{Cc}/u);
      expect(shown.length).toBeLessThan(600);
      const told = (await page.getByRole("alert").textContent()) ?? "";
      expect(told).toContain("4821");
      expect(told.length).toBeLessThan(650);
      // The buttons stay in the window.
      const box = await page.getByRole("button", { name: "Allow", exact: true }).boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(420);
      expect(await faults()).toEqual([]);
      await close();
    });
  }

  it("shows a long name's end, and all of it when it is focused", async () => {
    const name = `Phone of somebody with a very long name ${"x".repeat(60)} number 12`;
    const { page, close } = await open({
      window: "pairing",
      view: pairingView("en", { questions: [{ ...question, name }] }),
    });
    const shown = page.getByRole("heading", { level: 2 }).locator(".name");
    const low = (await shown.boundingBox())?.height ?? 0;
    expect(await shown.locator(".name-tail").textContent()).toBe("umber 12");
    await shown.focus();
    expect((await shown.boundingBox())?.height ?? 0).toBeGreaterThan(low);
    await close();
  });

  it("notices a broken policy, so that the tests here can fail", async () => {
    const { page, faults, close } = await open({ window: "pairing", view: pairingView("en") });
    await page
      .evaluate(() => {
        const script = document.createElement("script");
        script.src = "https://elsewhere.example/x.js";
        document.body.append(script);
        document.body.setAttribute("style", "color: red");
        document.body.setAttribute("onclick", "1");
      })
      .catch(() => undefined);
    await expect.poll(async () => (await faults()).length).toBeGreaterThan(0);
    await close();
  });
});

/** The relay's page in an app's origin: its ring says how it stands, on the page and on its tab, and asks for nothing else. */
import { beforeAll, expect, it } from "vitest";
import { ringIcon } from "#shared/looks/ring-icon.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describeWithChromium("the boot page", [], (browser) => {
  let world: AppWorld;
  beforeAll(async () => {
    world = await startAppWorld(atTheEnd);
  });

  it.each([
    ["en-GB", "This browser is not let in here"],
    ["ja-JP", "このブラウザーはここに登録されていません"],
  ])("shows the open ring where nobody is let in, in %s", async (locale, title) => {
    const context = await browser().newContext({ locale });
    afterTest(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    const refused: string[] = [];
    page.on("response", (response) => response.status() >= 400 && refused.push(response.url()));
    await page.goto(`${world.origin}/deep/page`);
    await page.getByRole("heading", { name: title }).waitFor();
    expect(await page.locator("link[rel=icon]").getAttribute("href")).toBe(ringIcon("attention"));
    expect(await page.locator(".mark-attention path").count()).toBe(1);
    expect({ complaints, refused }).toEqual({ complaints: [], refused: [] });
  });

  it("shows the broken ring while it lets the browser in", async () => {
    const context = await browser().newContext();
    afterTest(() => context.close());
    const page = await context.newPage();
    // The way to the relay is silent.
    await page.routeWebSocket(/\/ws\/client$/, () => undefined);
    await page.goto(await world.bootAddress());
    await page.getByRole("heading", { name: "Letting this browser in" }).waitFor();
    expect(await page.locator("link[rel=icon]").getAttribute("href")).toBe(ringIcon("connecting"));
    expect(await page.locator(".mark-connecting path").count()).toBe(1);
  });

  it("says in its user's words what to do when the link was used", async () => {
    const address = await world.bootAddress("/blank");
    for (const locale of ["en-GB", "ja-JP"]) {
      const context = await browser().newContext({ locale });
      afterTest(() => context.close());
      const page = await context.newPage();
      await page.goto(address);
      if (locale === "en-GB") await page.waitForURL(`${world.origin}/blank`);
      else await page.getByText(/リレーのページからアプリを開き直してください。（code_\w+）/).waitFor();
    }
  });
});

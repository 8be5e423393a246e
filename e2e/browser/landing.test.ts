import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { type RunningRelay, startTestRelay } from "../support/relay.ts";

describeWithChromium("the page at the relay's address", [], (browser) => {
  let relay: RunningRelay;
  beforeAll(async () => {
    relay = await startTestRelay();
  });
  afterAll(async () => {
    await relay.close();
  });

  it("takes a pairing link out of the address bar, says how to use it, and asks nobody for anything", async () => {
    const page = await browser().newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    const link = `${relay.origin}/#P2.${"K".repeat(16)}.${"a".repeat(52)}.${"b".repeat(26)}`;
    await page.goto(link);
    expect(page.url()).toBe(`${relay.origin}/`);
    expect(await page.locator("pre").textContent()).toBe(`npm run connect -- '${link}'`);
    expect(requests.filter((url) => !url.endsWith("/favicon.ico"))).toEqual([`${relay.origin}/`]);
    expect(complaints.filter((text) => /Content Security Policy/i.test(text))).toEqual([]);
    await page.close();
  });

  it.each([
    "something",
    "P2.<img src=x onerror=alert(1)>",
    `P2.${"K".repeat(16)}.${"a".repeat(52)}.';id;'${"b".repeat(26)}`,
  ])("offers no command to paste for a fragment that is no link: %s", async (fragment) => {
    const page = await browser().newPage();
    await page.goto(`${relay.origin}/#${fragment}`);
    expect(page.url()).toBe(`${relay.origin}/`);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("pre").textContent()).toBe("npm run connect -- 'PAIRING LINK'");
    await page.close();
  });
});

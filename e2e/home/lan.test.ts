/** `npm start -- --lan`, and the page from an origin that browsers do not trust: what works there, and what it says. */
import { expect, it } from "vitest";
import { findLanAddresses } from "../../desktop/cli/lan-address.ts";
import { describeUnless } from "../../desktop/core/testing/system-program.ts";
import { launchChromium } from "../support/browser.ts";
import { runScript } from "../support/checkout.ts";
import { describeWithChromium } from "../support/describe-with-chromium.ts";
import { endingsOfEachTest } from "../support/endings.ts";
import { freshDirectory, offersOf } from "../support/stage.ts";
import { watch } from "./home-stage.ts";

const [address] = await findLanAddresses();
const afterTest = endingsOfEachTest();

describeUnless(address === undefined ? "this machine is in no network" : undefined, "a LAN", () => {
  describeWithChromium("a phone in the same network", [], () => {
    it("pairs with what npm start -- --lan shows, is told what plain http lacks, and reaches the app", async () => {
      const program = runScript("start", {
        args: ["--lan"],
        env: {
          ORA_RELAY_PORT: "0",
          ORA_NODE_SECRETS: "memory",
          ORA_NODE_STATE_DIR: await freshDirectory(afterTest),
        },
      });
      afterTest(() => program.stop());
      await program.waitFor(/plain http/);
      const link = await offersOf(program).freshLink();
      expect(new URL(link).hostname.replace(/[[\]]/g, "")).toBe(address?.address);

      const browser = await launchChromium();
      afterTest(() => browser.close());
      const { page, faults } = await watch(await browser.newContext({ locale: "en-GB" }));
      await page.goto(link);
      expect(await page.evaluate(() => isSecureContext)).toBe(false);
      await page.getByRole("button", { name: "Add this PC" }).click();
      await page.getByRole("button", { name: "Done" }).click();
      await page.getByText("connected", { exact: true }).waitFor();
      await page.getByText("This page came without https.").waitFor();
      await page.getByText("“Open app” needs a page that came over https.").waitFor();
      await page.getByRole("button", { name: "Add a PC" }).click();
      await page.getByText("The camera needs a page that came over https.").waitFor();
      await page.getByRole("button", { name: "Back" }).click();
      await page.getByRole("button", { name: "Requests" }).click();
      await page.getByRole("button", { name: "Send" }).waitFor();
      // It is remembered, with a key of bytes.
      await page.reload();
      await page.getByText("connected", { exact: true }).waitFor();
      expect(faults).toEqual([]);
    });
  });
});

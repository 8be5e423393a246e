/** Drawing a flow in Node-RED, deploying it, and seeing live what it does. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { OpenedApp } from "../phone.ts";
import { must, type Steps } from "../steps.ts";

/** A button, a function that shows a status, the debug panel; and an address that answers. */
const FLOW = [
  {
    id: "a1",
    type: "inject",
    name: "press me",
    props: [{ p: "payload" }],
    payload: "7",
    payloadType: "num",
    repeat: "",
    crontab: "",
    once: false,
    onceDelay: 0.1,
    topic: "",
    x: 130,
    y: 80,
    wires: [["b1"]],
  },
  {
    id: "b1",
    type: "function",
    name: "double",
    func: "node.status({ fill: 'green', shape: 'dot', text: 'doubled ' + msg.payload });\nmsg.payload *= 2;\nreturn msg;",
    outputs: 1,
    x: 130,
    y: 160,
    wires: [["c1"]],
  },
  {
    id: "c1",
    type: "debug",
    name: "seen",
    active: true,
    tosidebar: true,
    complete: "payload",
    targetType: "msg",
    x: 130,
    y: 240,
    wires: [],
  },
  { id: "d1", type: "http in", name: "", url: "/boiler", method: "get", x: 130, y: 320, wires: [["e1"]] },
  {
    id: "e1",
    type: "template",
    name: "",
    field: "payload",
    template: "42 degrees",
    output: "str",
    x: 130,
    y: 380,
    wires: [["f1"]],
  },
  { id: "f1", type: "http response", name: "", statusCode: "", headers: {}, x: 130, y: 440, wires: [] },
];

const deployed = (page: Page) => page.locator(".red-ui-notification", { hasText: /deployed/i }).first();

async function importFlow(page: Page): Promise<void> {
  await page.locator("#red-ui-header-button-sidemenu").tap();
  await page.locator("#menu-item-import").tap();
  await page.locator("#red-ui-clipboard-dialog-import-text").fill(JSON.stringify(FLOW));
  await page.locator("#red-ui-clipboard-dialog-import-text").press("End");
  await page.locator("#red-ui-clipboard-dialog-ok").tap();
  // They hang on the pointer until it puts them down.
  await page.mouse.move(150, 250);
  await page.mouse.click(160, 300);
}

export async function useNodeRed(
  { page, context, origin }: OpenedApp,
  steps: Steps,
  userDir: string,
): Promise<void> {
  const shown = () => page;
  await steps.take("the editor opens, with its palette", shown, async () => {
    await page.locator("#red-ui-palette .red-ui-palette-node").first().waitFor({ state: "attached" });
    await page.locator("#red-ui-loading-progress").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "No, do not enable notifications" }).tap();
    await page.locator(".red-ui-tourGuide-popover button:has(.fa-times)").tap();
    await page.locator(".red-ui-tourGuide-shade").waitFor({ state: "detached" });
    // On a phone's width both side panels lie over what is drawn.
    await page.keyboard.press("Control+p");
    await page.keyboard.press("Control+Space");
  });
  await steps.take("import a flow and put it down", shown, async () => {
    await importFlow(page);
    await page.locator(".red-ui-flow-node-label", { hasText: "press me" }).first().waitFor();
  });
  await steps.take("deploy it", shown, async () => {
    await page.locator("#red-ui-header-button-deploy").tap();
    await deployed(page).waitFor();
    // Nothing can be pressed before.
    await page.locator(".red-ui-deploy-button-spinner").first().waitFor({ state: "hidden" });
    must(
      (await readFile(join(userDir, "flows.json"), "utf8")).includes("press me"),
      "it is not in the PC's file",
    );
  });
  await steps.take(
    "press its button: status and debug message come live by the WebSocket",
    shown,
    async () => {
      const button = page.locator(".red-ui-flow-node-button-button").first();
      await button.tap({ force: true });
      await page.locator(".red-ui-flow-node-status-label", { hasText: "doubled 7" }).waitFor();
      await page.locator(".red-ui-debug-msg", { hasText: "14" }).first().waitFor({ state: "attached" });
    },
  );
  await steps.take("two more presses, two more messages, in order", shown, async () => {
    for (let pressed = 0; pressed < 2; pressed += 1) {
      await page.locator(".red-ui-flow-node-button-button").first().tap({ force: true });
    }
    await page.waitForFunction(() => document.querySelectorAll(".red-ui-debug-msg").length >= 3);
    // The panel with the messages, for the picture.
    await page.keyboard.press("Control+g");
    await page.keyboard.press("d");
    await page.locator(".red-ui-debug-msg").first().waitFor();
  });
  let other = page;
  await steps.take("reload: the flow is there, and so is the live line", shown, async () => {
    await page.keyboard.press("Control+Space");
    await page.reload();
    await page.locator(".red-ui-flow-node-label", { hasText: "press me" }).first().waitFor();
    await page.locator(".red-ui-flow-node-button-button").first().tap({ force: true });
    await page.locator(".red-ui-debug-msg", { hasText: "14" }).first().waitFor({ state: "attached" });
  });
  await steps.take(
    "a second tab hears of a change in the first",
    () => other,
    async () => {
      other = await context.newPage();
      await other.goto(`${origin}/`);
      await other.locator(".red-ui-flow-node-label", { hasText: "press me" }).first().waitFor();
      await page.locator(".red-ui-flow-node-button-button").first().tap({ force: true });
      await other.locator(".red-ui-debug-msg", { hasText: "14" }).first().waitFor({ state: "attached" });
    },
  );
  await steps.take(
    "an address that the flow made answers",
    () => other,
    async () => {
      await other.goto(`${origin}/boiler`);
      must(
        (await other.locator("body").textContent()) === "42 degrees",
        "it did not answer what the flow says",
      );
    },
  );
  await other.close();
}

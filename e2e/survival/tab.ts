/** A tab at the app through the tunnel that no debugger watches, because browsers never stop a worker that one watches. */
import type { Browser } from "playwright-core";
import type { AppWorld } from "../app/app-world.ts";
import { openUnobservedTab, type UnobservedTab } from "../bench/unobserved-tab.ts";
import { until } from "../support/until.ts";

/** In a profile of its own, at `path`, which has the title "ready". */
export async function openTab(browser: Browser, world: AppWorld, path = "/"): Promise<UnobservedTab> {
  const tab = await openUnobservedTab(browser);
  await tab.goto(await world.bootAddress(path));
  await until("the app was there", () =>
    tab.evaluate(async () => document.title === "ready", undefined).catch(() => false),
  );
  return tab;
}

/** From now on the page is told that nobody sees it, or that somebody does again. */
export function show(tab: UnobservedTab, isShown: boolean): Promise<void> {
  return tab.evaluate(async (shown: boolean) => {
    const visibilityState = shown ? "visible" : "hidden";
    Object.defineProperty(document, "visibilityState", { configurable: true, value: visibilityState });
    Object.defineProperty(document, "hidden", { configurable: true, value: !shown });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isShown);
}

/** What a request brings, or the name of its error, and the milliseconds that it took. */
export function request(tab: UnobservedTab, path = "/word"): Promise<{ text: string; ms: number }> {
  return tab.evaluate(async (address: string) => {
    const start = performance.now();
    const text = await fetch(address)
      .then((answer) => answer.text())
      .catch((error) => error.name);
    return { text, ms: Math.round(performance.now() - start) };
  }, path);
}

/** Asks until it is answered; the milliseconds until then. */
export async function requestUntilAnswered(tab: UnobservedTab): Promise<number> {
  const start = Date.now();
  await until("the app answered again", async () => (await request(tab)).text === "word");
  return Date.now() - start;
}

/** How many of its workers run. Nobody wakes one by asking. */
export async function runningWorkers(browser: Browser): Promise<number> {
  const root = await browser.newBrowserCDPSession();
  const { targetInfos } = await root.send("Target.getTargets");
  await root.detach();
  return targetInfos.filter(({ type }) => type === "service_worker").length;
}

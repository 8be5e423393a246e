/**
 * What the tests ask of a browser that is not Chromium, whichever protocol drives it: few things, so that the same
 * test runs in all of them. Scripts run in the page, in its own world, and give JSON.
 */
import { until } from "../support/until.ts";

/** Runs in the page: it may use nothing but its arguments. */
export type PageScript<Given extends unknown[], Result> = (...given: Given) => Result | Promise<Result>;

export interface OtherTab {
  /** Resolves when the address is on its way: a page that leads on is waited for by the test. */
  goto(url: string): Promise<void>;
  evaluate<Given extends unknown[], Result>(
    script: PageScript<Given, Result>,
    ...given: Given
  ): Promise<Result>;
  /** A finger's tap there, in CSS pixels of the viewport: it counts as the user's own. */
  tap(x: number, y: number): Promise<void>;
  /** Every tab of the browser. */
  tabs(): Promise<OtherTab[]>;
  /** Tells one tab from another. */
  readonly id: string;
}

export interface OtherBrowser {
  /** The product and its version, as the browser says it. */
  readonly version: string;
  readonly tab: OtherTab;
  close(): Promise<void>;
}

/** The source of a call whose result is JSON text, as every protocol can carry it. */
export function callSource<Given extends unknown[]>(
  script: PageScript<Given, unknown>,
  given: Given,
): string {
  return `(async () => JSON.stringify(await (${script})(...${JSON.stringify(given)})) ?? "null")()`;
}

/** Waits until the script says yes. A page that is being left has no answer, which is no yet. */
export function pageHas<Given extends unknown[]>(
  tab: OtherTab,
  what: string,
  script: PageScript<Given, unknown>,
  ...given: Given
): Promise<void> {
  return until(what, async () => {
    try {
      return Boolean(await tab.evaluate(script, ...given));
    } catch {
      // Between two pages there is none to ask.
      return false;
    }
  });
}

export function shows(tab: OtherTab, text: string): Promise<void> {
  return pageHas(tab, `the page showed "${text}"`, (words) => document.body.innerText.includes(words), text);
}

export function isAt(tab: OtherTab, url: string): Promise<void> {
  return pageHas(
    tab,
    `the tab was at ${url}`,
    (address) => location.href === address && document.readyState === "complete",
    url,
  );
}

/** Taps the button with this text, in its middle, once it can be pressed and stands still there. */
export async function tapButton(tab: OtherTab, text: string): Promise<void> {
  await pageHas(
    tab,
    `there was a button "${text}"`,
    (words) =>
      [...document.querySelectorAll("button")].some(
        (each) => each.innerText.trim() === words && each.getAttribute("aria-disabled") !== "true",
      ),
    text,
  );
  const place = await tab.evaluate((words) => {
    const button = [...document.querySelectorAll("button")].find((each) => each.innerText.trim() === words);
    button?.scrollIntoView({ block: "center", behavior: "instant" });
    const { x, y, width, height } = (button ?? document.body).getBoundingClientRect();
    return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
  }, text);
  await tab.tap(place.x, place.y);
}

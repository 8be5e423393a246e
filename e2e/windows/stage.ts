/** One window on a stage: a page of its own in one look (dark, large, narrow), with the main process's double behind it. */
import type { Browser, Page } from "playwright-core";
import type { WindowViews } from "../../desktop/windows/contract/bridge.ts";
import type { WindowName } from "../../desktop/windows/contract/command-names.ts";
import type { Language } from "../../desktop/windows/contract/status-view.ts";
import { type Answer, FakeMain } from "./fake-main.ts";
import { ORIGIN, servePages } from "./pages-server.ts";

export interface Look {
  readonly dark?: boolean;
  /** Page zoom; 2 is 200 %. The window's CSS size shrinks by it, as in a real one. */
  readonly zoom?: number;
  readonly width?: number;
  readonly height?: number;
  readonly forcedColors?: boolean;
  readonly reducedMotion?: boolean;
  /** Two pixels for each CSS pixel, at 100 %. */
  readonly sharp?: boolean;
}

/** As the main process opens them. CSS pixels. */
export const WINDOW_SIZES: Readonly<Record<WindowName, { readonly width: number; readonly height: number }>> =
  {
    pairing: { width: 420, height: 680 },
    activity: { width: 960, height: 640 },
    settings: { width: 820, height: 680 },
  };

export interface Staged<Name extends WindowName> {
  readonly page: Page;
  readonly main: FakeMain<Name>;
  /** What went wrong in the page: errors, broken policies, requests elsewhere. */
  faults(): Promise<string[]>;
  close(): Promise<void>;
}

export interface Play<Name extends WindowName> {
  readonly window: Name;
  /** Undefined: still loading. */
  readonly view: WindowViews[Name] | undefined;
  readonly answer?: Answer;
  readonly look?: Look;
  /** The system's, which a page speaks until it has its view. */
  readonly language?: Language;
}

export async function stage<Name extends WindowName>(
  browser: Browser,
  { window, view, answer, look = {}, language = view?.language ?? "en" }: Play<Name>,
): Promise<Staged<Name>> {
  const { zoom = 1, dark = false, forcedColors = false, reducedMotion = false } = look;
  const width = Math.round((look.width ?? WINDOW_SIZES[window].width) / zoom);
  const height = Math.round((look.height ?? WINDOW_SIZES[window].height) / zoom);
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: look.sharp === true ? 2 : zoom,
    colorScheme: dark ? "dark" : "light",
    forcedColors: forcedColors ? "active" : "none",
    reducedMotion: reducedMotion ? "reduce" : "no-preference",
    locale: language === "ja" ? "ja-JP" : "en-GB",
    timezoneId: "Europe/Berlin",
  });
  const faults: string[] = [];
  await servePages(context, (url) => faults.push(`request to ${url}`));
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  const main = new FakeMain({ page, window, view, ...(answer && { answer }) });
  await main.install();
  await page.clock.install({ time: view?.now ?? 0 });
  await page.goto(`${ORIGIN}/${window}.html`);
  await page.locator("main").first().waitFor();
  return {
    page,
    main,
    async faults() {
      const violations = await page.evaluate(
        () => (globalThis as unknown as { violations: string[] }).violations,
      );
      return [...faults, ...violations, ...main.refused.map((sent) => `refused ${JSON.stringify(sent)}`)];
    },
    close: () => context.close(),
  };
}

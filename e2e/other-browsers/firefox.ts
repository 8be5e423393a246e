/** The system's Firefox, without a window and with an empty profile, driven by the protocol that it speaks itself. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BidiConnection, connectBidi, isRecord } from "./bidi.ts";
import { browserHome, startBrowserProcess } from "./browser-process.ts";
import { callSource, type OtherBrowser, type OtherTab } from "./other-tab.ts";
import { tapActions } from "./pointer.ts";

export const FIREFOX = "firefox-esr";

/** Not a word to the outside, and no page of its own. */
const SETTINGS: Readonly<Record<string, boolean | number | string>> = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.newtabpage.enabled": false,
  "browser.region.network.url": "",
  "browser.safebrowsing.downloads.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.search.update": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "intl.accept_languages": "en",
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#",
  "toolkit.telemetry.enabled": false,
};

export async function startFirefox(): Promise<OtherBrowser> {
  const home = await browserHome();
  const settings = Object.entries(SETTINGS).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(join(home, "user.js"), settings.join(""));
  const program = startBrowserProcess({
    home,
    command: FIREFOX,
    args: ["--headless", "--no-remote", "--profile", home, "--remote-debugging-port", "0", "about:blank"],
    env: { MOZ_CRASHREPORTER_DISABLE: "1" },
  });
  try {
    const [, address = ""] = await program.said(/WebDriver BiDi listening on (ws:\/\/[\d.:]+)/);
    const bidi = await connectBidi(`${address}/session`);
    const session = await bidi.command("session.new", { capabilities: {} });
    const { browserName, browserVersion } = isRecord(session.capabilities) ? session.capabilities : {};
    const [tab] = await tabsOf(bidi);
    if (tab === undefined) throw new Error("Firefox has no tab");
    return {
      version: `${String(browserName)} ${String(browserVersion)}`,
      tab,
      async close() {
        bidi.close();
        await program.end();
      },
    };
  } catch (error) {
    await program.end();
    throw error;
  }
}

async function tabsOf(bidi: BidiConnection): Promise<OtherTab[]> {
  const { contexts } = await bidi.command("browsingContext.getTree", { maxDepth: 0 });
  const all = Array.isArray(contexts) ? contexts.filter(isRecord) : [];
  return all.map((each) => tabOf(bidi, String(each.context)));
}

function tabOf(bidi: BidiConnection, context: string): OtherTab {
  return {
    id: context,
    tabs: () => tabsOf(bidi),
    async goto(url) {
      await bidi.command("browsingContext.navigate", { context, url, wait: "none" });
    },
    async tap(x, y) {
      await bidi.command("browsingContext.activate", { context });
      await bidi.command("input.performActions", { context, actions: tapActions(x, y) });
    },
    async evaluate(script, ...given) {
      const answer = await bidi.command("script.evaluate", {
        expression: callSource(script, given),
        target: { context },
        awaitPromise: true,
      });
      const { result, exceptionDetails } = answer;
      if (isRecord(result) && typeof result.value === "string") return JSON.parse(result.value);
      throw new Error(isRecord(exceptionDetails) ? String(exceptionDetails.text) : "the script gave nothing");
    },
  };
}

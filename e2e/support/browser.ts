/** The system's Chromium, driven by playwright-core. Nothing is ever downloaded. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Among its arguments: it keeps pages for going back to, as it does for people and else not for programs. */
export const KEEPS_PAGES = "--enable-features=BackForwardCache";

/** The path of a Chromium on this machine, or undefined: `apt-get install chromium` brings one. */
export function findChromium(): string | undefined {
  return [process.env.CHROMIUM_PATH ?? "", ...CANDIDATES].find((path) => path !== "" && existsSync(path));
}

/** Starts it with an empty profile and without a word to the outside. `args` are added to its own. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("no Chromium found: apt-get install chromium");
  return chromium.launch({
    executablePath,
    headless: true,
    ...(args.includes(KEEPS_PAGES) && { ignoreDefaultArgs: ["--disable-back-forward-cache"] }),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...args,
    ],
  });
}

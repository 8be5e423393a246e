/**
 * The built app in a real Electron, where there is one: it starts, shows its first window through the real scheme, preload
 * and IPC, and quits. Electron's binary is not installed with its package; without it these tests are skipped, loudly, and
 * under CI with ORA_NEEDS_ELECTRON set a missing binary is a failure.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { _electron, type ElectronApplication } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeUnless } from "../../desktop/core/testing/system-program.ts";
import { builtApp } from "./tray-world.ts";

const { electronBinary }: { electronBinary(root: string): string | undefined } = await import(
  "../../desktop/develop.mjs" as string
);
const binary = electronBinary(process.cwd());

const how = "Electron's binary is not here: npx install-electron --no, or set ELECTRON_OVERRIDE_DIST_PATH";
const missing = binary === undefined ? how : undefined;

describeUnless(missing, "the app in a real Electron", electronTests, Boolean(process.env.ORA_NEEDS_ELECTRON));

function electronTests(): void {
  let home: string;
  let app: ElectronApplication;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "ora-electron-"));
    const folder = await builtApp();
    app = await _electron.launch({
      ...(binary !== undefined && { executablePath: binary }),
      args: [join(folder, "main.cjs"), `--user-data-dir=${join(home, "data")}`],
      env: {
        ...process.env,
        HOME: home,
        XDG_CONFIG_HOME: join(home, "config"),
        XDG_STATE_HOME: join(home, "state"),
      },
    });
  }, 60_000);
  afterAll(async () => {
    await app?.close().catch(() => undefined);
    await rm(home, { recursive: true, force: true });
  });

  it("shows a window of its own scheme whose page reaches the main process, and nothing of Node", async () => {
    const page = await app.firstWindow();
    expect(page.url()).toMatch(/^ora-app:\/\/windows\/(pairing|settings)\.html$/);
    const seen = await page.evaluate(() => ({
      bridge: Object.keys(Reflect.get(window, "ora")).includes("view"),
      node: typeof Reflect.get(globalThis, "process"),
      required: typeof Reflect.get(globalThis, "require"),
    }));
    expect(seen).toEqual({ bridge: true, node: "undefined", required: "undefined" });
    await page.locator("#page > *").first().waitFor();
  });

  it("reaches nothing outside", async () => {
    const page = await app.firstWindow();
    const outcome = await page.evaluate(() =>
      fetch("https://example.com").then(
        () => "went out",
        () => "refused",
      ),
    );
    expect(outcome).toBe("refused");
  });
}

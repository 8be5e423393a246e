/**
 * The main process with the real keytar and a real gnome-keyring in a private D-Bus session: settings and identity are kept
 * there across two runs, and nowhere else; without a session, or with a locked keyring, the app says which.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { KEYRING_PROGRAMS } from "../../desktop/core/testing/keyring-session.ts";
import { describeWith } from "../../desktop/core/testing/system-program.ts";

const run = promisify(execFile);

const UNLOCK = 'printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 && exec "$@"';
const LOCKED = 'gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1 && exec "$@"';

/** Starts the app on the double with the real keychain, saves what its argument says, and prints what it shows. */
const PROGRAM = `
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { systemClock } from "./desktop/core/clock.ts";
import { keychainSecrets } from "./desktop/core/secrets/keychain.ts";
import { COMMAND_CHANNEL } from "./desktop/electron/ipc-channels.ts";
import { pageUrl } from "./desktop/electron/page-scheme.ts";
import { startDesktop } from "./desktop/electron/start-desktop.ts";
import { ElectronDouble } from "./desktop/electron/testing/electron-double.ts";
const home = process.env.HOME;
const electron = new ElectronDouble({ logs: home + "/logs" });
const app = await startDesktop({
  electron: electron.port,
  clock: systemClock,
  backend: () => createCryptoBackend(),
  openStore: () => keychainSecrets({ service: "ora-relay-tray-test", clock: systemClock }),
  claim: async () => ({ close: async () => undefined }),
  platform: "linux",
  machineName: "PC",
  args: [],
  env: {},
  places: { pages: home, preload: home, assets: home, licences: home, executable: home, stateDir: home + "/state", home },
  about: { version: "1.0.0", parts: [], licences: [] },
  repository: undefined,
  interfaces: () => ({}),
  onUncaught: () => undefined,
});
for (const [key, value] of JSON.parse(process.argv[2])) {
  app.openSettings("relay");
  const window = electron.window("settings");
  const answer = await electron.invoke(window, { url: pageUrl("settings") }, COMMAND_CHANNEL, ["saveSetting", { key, value }]);
  if (!answer.ok) throw new Error(answer.problem);
}
const { keeper } = app;
console.log(JSON.stringify({ state: app.current.kind, code: app.current.code, nodeId: app.facts?.nodeId, values: keeper.settings?.values }));
await app.stop();
process.exit(0);
`;

describeWith(KEYRING_PROGRAMS, "the tray app on a real keychain", () => {
  let home: string;
  let bundle: string;

  beforeAll(async () => {
    const root = process.cwd();
    home = await mkdtemp(join(tmpdir(), "ora-tray-keyring-"));
    await mkdir(join(home, ".local", "share", "keyrings"), { recursive: true });
    await writeFile(join(home, ".local", "share", "keyrings", "default"), "login");
    // Inside node_modules, so that the bundle finds keytar.
    bundle = join(root, "node_modules", ".cache", `tray-keyring-${randomUUID()}.mjs`);
    await build({
      stdin: { contents: PROGRAM, resolveDir: root, loader: "ts" },
      absWorkingDir: root,
      outfile: bundle,
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      logLevel: "error",
    });
  });
  afterAll(async () => {
    await rm(home, { recursive: true, force: true });
    await rm(bundle, { force: true });
  });

  async function start(keyring: string | undefined, settings: readonly (readonly [string, unknown])[] = []) {
    const program = [process.execPath, bundle, JSON.stringify(settings)];
    const command =
      keyring === undefined ? program : ["dbus-run-session", "--", "sh", "-c", keyring, "sh", ...program];
    const env = { PATH: process.env.PATH ?? "", HOME: home, LANG: "C.UTF-8" };
    const { stdout } = await run(command[0] ?? "", command.slice(1), { env });
    return JSON.parse(stdout);
  }

  it("keeps settings and identity from one run to the next, and writes none of them anywhere else", async () => {
    const first = await start(UNLOCK, [
      ["relayUrl", "ws://127.0.0.1:1"],
      ["pcName", "書斎"],
      ["deviceExpiryDays", 90],
    ]);
    expect(first).toMatchObject({ state: "running", values: { pcName: "書斎", deviceExpiryDays: 90 } });
    expect(first.nodeId).toMatch(/^[a-z2-7]{52}$/);
    expect(await start(UNLOCK)).toEqual(first);
    const files = await readdir(home, { recursive: true });
    expect(files.filter((file) => !/^(\.local|\.cache|logs)/.test(file))).toEqual([]);
  });

  it("says that it is locked, and says when there is none", async () => {
    expect(await start(LOCKED)).toMatchObject({ state: "blocked", code: "keychain_locked" });
    expect(await start(undefined)).toMatchObject({ state: "blocked", code: "keychain_missing" });
  });
});

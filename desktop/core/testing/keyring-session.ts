/**
 * Programs run inside a private D-Bus session, with a real gnome-keyring and a home of their own, so that the real
 * keychain is tested and the user's is never touched.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import type { Programs } from "./system-program.ts";

/** What a keyring session needs. */
export const KEYRING_PROGRAMS: Programs = {
  "dbus-run-session": "dbus-x11 libsecret-1-dev",
  "gnome-keyring-daemon": "gnome-keyring",
};

const run = promisify(execFile);

/** How the session finds its keyring. `absent` has no D-Bus session at all. */
type Keyring = "unlocked" | "locked" | "absent";

const START = {
  unlocked: "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 &&",
  locked: "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1 &&",
};

/** Opens the keychain, carries out the calls on its standard argument, and prints their answers or the error. */
const PROGRAM = `
import { keychainSecrets } from "./desktop/core/secrets/keychain.ts";
import { systemClock } from "./desktop/core/clock.ts";
try {
  const store = await keychainSecrets({ service: "ora-relay-test", clock: systemClock });
  const answers = [];
  for (const [method, ...args] of JSON.parse(process.argv[2])) answers.push((await store[method](...args)) ?? null);
  console.log(JSON.stringify({ answers }));
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
`;

type Call = readonly ["get" | "delete", string] | readonly ["set", string, string] | readonly ["list"];

export interface KeyringSession {
  /** Carries out calls on the keychain in a process of their own. */
  calls(keyring: Keyring, calls: readonly Call[]): Promise<unknown>;
  remove(): Promise<void>;
}

export async function keyringSession(): Promise<KeyringSession> {
  const root = process.cwd();
  const home = await mkdtemp(join(tmpdir(), "ora-keyring-"));
  await mkdir(join(home, ".local", "share", "keyrings"), { recursive: true });
  await writeFile(join(home, ".local", "share", "keyrings", "default"), "login");
  // Inside node_modules, so that the bundle finds keytar.
  const bundle = join(root, "node_modules", ".cache", `keyring-${randomUUID()}.mjs`);
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
  const env = { PATH: process.env.PATH ?? "", HOME: home, LANG: "C.UTF-8" };
  return {
    async calls(keyring, calls) {
      const node = [process.execPath, bundle, JSON.stringify(calls)] as const;
      const { stdout } =
        keyring === "absent"
          ? await run(node[0], node.slice(1), { env })
          : await run("dbus-run-session", ["--", "sh", "-c", `${START[keyring]} exec "$@"`, "sh", ...node], {
              env,
            });
      return JSON.parse(stdout);
    },
    async remove() {
      await rm(home, { recursive: true, force: true });
      await rm(bundle, { force: true });
    },
  };
}

/** Starts the built tray app with the Electron of this checkout, and says plainly when its binary is not here. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { env, execPath, exit, stderr } from "node:process";

const SAY_ABSENT = `Electron's binary is not in this checkout (installing does not bring it; the first start does).
It is fetched now, about 120 MB. Behind a mirror set ELECTRON_MIRROR; to use one you already have, set
ELECTRON_OVERRIDE_DIST_PATH to its folder.
`;
const SAY_FAILED = `
The tray app could not be started, because Electron's binary could not be fetched.
Everything but the binary can be tried without it: npm test, and npm run node for the same node without windows.
`;

/** Where the binary is; undefined when it has not been fetched. */
export function electronBinary(root) {
  const folder = join(root, "node_modules", "electron");
  if (env.ELECTRON_OVERRIDE_DIST_PATH !== undefined) {
    const path = join(env.ELECTRON_OVERRIDE_DIST_PATH, "electron");
    return existsSync(path) ? path : undefined;
  }
  if (!existsSync(join(folder, "path.txt"))) return undefined;
  const path = join(folder, "dist", readFileSync(join(folder, "path.txt"), "utf8"));
  return existsSync(path) ? path : undefined;
}

/** Runs until the app ends, and passes its exit code on. */
export function startElectron({ root, app, args }) {
  const wasAbsent = electronBinary(root) === undefined;
  if (wasAbsent) stderr.write(SAY_ABSENT);
  const child = spawn(execPath, [join(root, "node_modules", "electron", "cli.js"), app, ...args], {
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("close", (code) => {
    if (wasAbsent && electronBinary(root) === undefined) stderr.write(SAY_FAILED);
    exit(code ?? 1);
  });
}

/** The pages as they are built from the sources, for relays of tests. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadWebFiles, type WebFiles } from "../../relay/web-files.ts";

/** Tests and scripts run there; a bundle does not know its own place. */
const checkout = process.cwd();

/** Builds them when they are stale. */
export async function builtWebFiles(): Promise<WebFiles> {
  await promisify(execFile)(process.execPath, [join(checkout, "esbuild.config.mjs"), "build", "web"]);
  return loadWebFiles(join(checkout, "dist", "web"));
}

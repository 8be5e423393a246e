/** Apps from npm, in a folder of their own: nothing of them becomes part of this project. */
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runToEnd } from "./run-to-end.ts";

/** Installs the packages unless they are there. `name@version` each; resolves with the folder of their programs. */
export async function npmPackages(folder: string, packages: readonly string[]): Promise<string> {
  const done = join(folder, `.installed-${packages.join("_").replaceAll("/", "-")}`);
  const isThere = await stat(done).catch(() => undefined);
  if (isThere === undefined) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), '{"private":true}\n');
    await runToEnd("npm", ["install", "--no-audit", "--no-fund", "--omit=dev", ...packages], folder);
    await writeFile(done, "");
  }
  return join(folder, "node_modules", ".bin");
}

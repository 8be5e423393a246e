/**
 * Packages of Debian, unpacked into a folder without being installed: that needs no rights and leaves the system as it
 * was. Whoever uses them tells the programs where their files are.
 */
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runToEnd } from "./run-to-end.ts";

/** Unpacks them unless they are there. Resolves with the folder that stands for `/`. */
export async function debianPackages(folder: string, packages: readonly string[]): Promise<string> {
  const root = join(folder, "root");
  const done = join(folder, ".unpacked");
  if ((await stat(done).catch(() => undefined)) !== undefined) return root;
  await rm(folder, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  await runToEnd("apt-get", ["download", "--quiet", ...packages], folder);
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".deb")) continue;
    await runToEnd("dpkg-deb", ["--extract", name, root], folder);
    await rm(join(folder, name));
  }
  await writeFile(done, "");
  return root;
}

/**
 * The npm package, packed and put where `npm install --global` puts it, with what it depends on and nothing else. The
 * dependencies are copied from this checkout's, by its lock file: no registry is needed. `install-from-registry.mjs`
 * does the same with npm and a registry.
 */
import { execFile } from "node:child_process";
import { chmod, cp, mkdir, readFile, symlink } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { promisify } from "node:util";
import { checkout } from "../support/checkout.ts";

const run = promisify(execFile);

interface PackedPackage {
  readonly file: string;
  /** Paths inside it. */
  readonly paths: readonly string[];
  /** Bytes. */
  readonly size: number;
}

export interface InstalledPackage extends PackedPackage {
  /** Where `ora-relay` and the others are. */
  readonly bin: string;
  /** The package's own folder. */
  readonly folder: string;
}

/** What `npm pack --json` says of one package. */
interface Listed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** Builds what is stale and packs, into `directory`. */
async function packPackage(directory: string): Promise<PackedPackage> {
  const { stdout } = await run("npm", ["pack", "--json", "--offline", "--pack-destination", directory], {
    cwd: checkout,
    maxBuffer: 16 * 1024 * 1024,
  });
  // npm 12 lists by name, older ones in an array. What prepack prints comes before.
  const list: Record<string, Listed> = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  const [listed] = Object.values(list);
  if (listed === undefined) throw new Error("npm packed nothing");
  const { filename, files, size } = listed;
  return { file: join(directory, filename), paths: files.map(({ path }) => path), size };
}

/** Packs, and installs into the empty folder `prefix`. */
export async function installPackage(prefix: string): Promise<InstalledPackage> {
  const packed = await packPackage(prefix);
  const folder = join(prefix, "lib", "node_modules", "ora-relay");
  await mkdir(folder, { recursive: true });
  await run("tar", ["-xzf", packed.file, "-C", folder, "--strip-components=1"]);
  await copyProductionPackages(folder);
  const bin = join(prefix, "bin");
  await mkdir(bin);
  const manifest: { bin: Record<string, string> } = JSON.parse(
    await readFile(join(folder, "package.json"), "utf8"),
  );
  for (const [name, path] of Object.entries(manifest.bin)) {
    // Both as npm does.
    await chmod(join(folder, path), 0o755);
    await symlink(join(folder, path), join(bin, name));
  }
  return { ...packed, bin, folder };
}

/** As `npm ci --omit=dev --omit=optional` in `folder`. */
export async function copyProductionPackages(folder: string): Promise<void> {
  for (const path of await productionPackages()) {
    await cp(join(checkout, path), join(folder, path), {
      recursive: true,
      // A package inside of another is on the list itself, when it belongs.
      filter: (source) => !source.slice(join(checkout, path).length).includes(`${sep}node_modules`),
    });
  }
}

/** What `npm install --omit=dev --omit=optional` would put into node_modules. */
async function productionPackages(): Promise<string[]> {
  const lock: { packages: Record<string, { dev?: true; optional?: true; devOptional?: true }> } = JSON.parse(
    await readFile(join(checkout, "package-lock.json"), "utf8"),
  );
  return Object.entries(lock.packages)
    .filter(([path, kind]) => path !== "" && !kind.dev && !kind.optional && !kind.devOptional)
    .map(([path]) => path)
    .sort((a, b) => dirname(a).length - dirname(b).length);
}

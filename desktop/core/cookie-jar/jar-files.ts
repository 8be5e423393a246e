/**
 * One file of bytes for each device's jar, in a directory that only its owner can read. It knows nothing of cookies.
 */
import { mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../secrets/replace-file.ts";
import type { SecretStore } from "../secrets/secret-store.ts";

const SUFFIX = ".jar";
/** Far above what a jar can need: a larger file is not ours. Bytes. */
const MAX_FILE_BYTES = 256 * 1024;

/** Every method rejects with the system's error. */
export interface JarFiles {
  /** The devices that have a file. */
  list(): Promise<string[]>;
  /** Undefined when there is none, or none of a size that could be one. */
  read(device: string): Promise<Uint8Array | undefined>;
  write(device: string, bytes: Uint8Array): Promise<void>;
  remove(device: string): Promise<void>;
}

/**
 * Where jars lie: apart for each kind of store, because their key lies there, and because devices that another store
 * has are not known in this one.
 */
export function jarDirectory(stateDir: string, kind: SecretStore["kind"]): string {
  return join(stateDir, `cookies-${kind}`);
}

/** The directory is made when something is first written. */
export function jarFiles(directory: string): JarFiles {
  const pathOf = (device: string) => join(directory, device + SUFFIX);
  return {
    async list() {
      const files = await readdir(directory).catch(none);
      return (files ?? [])
        .filter((file) => file.endsWith(SUFFIX))
        .map((file) => file.slice(0, -SUFFIX.length));
    },
    async read(device) {
      const file = await open(pathOf(device), "r").catch(none);
      if (file === undefined) return undefined;
      try {
        return (await file.stat()).size > MAX_FILE_BYTES ? undefined : await file.readFile();
      } finally {
        await file.close();
      }
    },
    async write(device, bytes) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await replaceFile(directory, pathOf(device), bytes);
    },
    remove: (device) => rm(pathOf(device), { force: true }),
  };
}

/** For a node whose secrets are gone at its end: so are its cookies. */
export const noJarFiles: JarFiles = {
  list: () => Promise.resolve([]),
  read: () => Promise.resolve(undefined),
  write: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};

function none(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}

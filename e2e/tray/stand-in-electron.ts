/**
 * A folder that electron-builder takes for Electron: the files it looks for, and a binary that holds nothing but the fuses
 * in their order, all off. So packaging can be tried whole where Electron's own binary is not.
 */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createPackage } from "@electron/asar";

const SENTINEL = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
const FUSES = 8;

export async function standInElectron(folder: string, version: string): Promise<void> {
  await mkdir(join(folder, "resources"), { recursive: true });
  await mkdir(join(folder, "locales"), { recursive: true });
  const wire = Buffer.concat([Buffer.from([1, FUSES]), Buffer.alloc(FUSES, "0")]);
  await writeFile(
    join(folder, "electron"),
    Buffer.concat([Buffer.alloc(256), Buffer.from(SENTINEL), wire, Buffer.alloc(256)]),
  );
  await chmod(join(folder, "electron"), 0o755);
  await writeFile(join(folder, "version"), version);
  await writeFile(join(folder, "LICENSE"), "stand-in");
  await writeFile(join(folder, "LICENSES.chromium.html"), "stand-in");
  await writeFile(join(folder, "locales", "en-US.pak"), "stand-in");
  const empty = join(folder, "empty");
  await mkdir(empty, { recursive: true });
  await writeFile(join(empty, "index.js"), "");
  await createPackage(empty, join(folder, "resources", "default_app.asar"));
}

/** The fuses in a binary, by name; true is on. */
export function readFuses(binary: Buffer): Readonly<Record<string, boolean>> {
  const at = binary.indexOf(SENTINEL);
  if (at === -1) throw new Error("no fuses in it");
  const names = [
    "runAsNode",
    "enableCookieEncryption",
    "enableNodeOptionsEnvironmentVariable",
    "enableNodeCliInspectArguments",
    "enableEmbeddedAsarIntegrityValidation",
    "onlyLoadAppFromAsar",
    "loadBrowserProcessSpecificV8Snapshot",
    "grantFileProtocolExtraPrivileges",
  ];
  const first = at + SENTINEL.length + 2;
  return Object.fromEntries(names.map((name, index) => [name, binary[first + index] === "1".charCodeAt(0)]));
}

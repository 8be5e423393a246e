/**
 * The package that electron-builder makes, against a stand-in for Electron's own folder: what is in it, what is not, its
 * fuses, and that its main process starts from inside the archive.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { extractAll, extractFile, listPackage } from "@electron/asar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkout } from "../support/checkout.ts";
import { readFuses, standInElectron } from "./stand-in-electron.ts";
import { builtApp } from "./tray-world.ts";

const run = promisify(execFile);

describe.skipIf(process.platform !== "linux")("the package for Linux", () => {
  let root: string;
  let packed: string;
  let archive: string;
  let files: string[];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "ora-package-"));
    await builtApp();
    await standInElectron(join(root, "electron"), "45.4.1");
    const builder = join(checkout, "node_modules", "electron-builder", "cli.js");
    await run(
      process.execPath,
      [
        builder,
        "--linux",
        "dir",
        "deb",
        "--publish=never",
        `-c.electronDist=${join(root, "electron")}`,
        `-c.directories.output=${join(root, "out")}`,
      ],
      { cwd: checkout, env: { ...process.env, CUSTOM_FPM_PATH: await standInFpm(root) } },
    );
    const [folder = ""] = (await readdir(join(root, "out"))).filter((name) => name.endsWith("-unpacked"));
    packed = join(root, "out", folder);
    archive = join(packed, "resources", "app.asar");
    files = listPackage(archive, { isPack: false }).map((path) => path.replaceAll("\\", "/"));
  }, 120_000);
  afterAll(() => rm(root, { recursive: true, force: true }));

  it("holds the bundles, the pages, the icons and keytar", () => {
    for (const file of [
      "/package.json",
      "/dist/desktop/main.cjs",
      "/dist/desktop/preload.cjs",
      "/dist/desktop/pages/pairing.html",
      "/dist/desktop/pages/settings.js",
      "/dist/desktop/assets/tray/mac/connectedTemplate@2x.png",
      "/dist/desktop/assets/tray/windows/attention-dark.ico",
      "/dist/desktop/assets/app/linux/256x256.png",
      "/node_modules/keytar/lib/keytar.js",
    ]) {
      expect(files).toContain(file);
    }
  });

  it("holds nothing else: no tests, no sources, no other package, no secret", () => {
    const allowed =
      /^\/(package\.json|dist(\/desktop(\/(main\.cjs|preload\.cjs|licences\.json|(pages|assets)(\/.*)?))?)?|node_modules(\/keytar(\/.*)?)?)$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    expect(
      files.filter((file) => /\.(ts|tsx|map|env|pem|key)$|\.test\.|testing|\/src(\/|$)/.test(file)),
    ).toEqual([]);
    expect(
      files.filter((file) => file.startsWith("/node_modules/keytar/") && /\.(cc|h|gyp)$/.test(file)),
    ).toEqual([]);
  });

  it("says in its manifest what to start, and nothing of how it was built", () => {
    const manifest = JSON.parse(extractFile(archive, "package.json").toString());
    expect(manifest).toMatchObject({ name: "ora-relay", main: "dist/desktop/main.cjs" });
    expect(manifest.scripts).toBeUndefined();
    expect(manifest.devDependencies).toBeUndefined();
  });

  it("keeps keytar's native part outside the archive, and the licences beside it", async () => {
    const unpacked = join(packed, "resources", "app.asar.unpacked", "node_modules", "keytar");
    expect(await readdir(join(unpacked, "build", "Release"))).toEqual(["keytar.node"]);
    const licences = await readFile(join(packed, "resources", "licences.txt"), "utf8");
    for (const name of ["MIT", "keytar 7.9.0", "@noble/curves", "preact", "ws 8"])
      expect(licences).toContain(name);
  });

  it("is handed to the maker of .deb files with all that one needs, a home page among it", async () => {
    const args: string[] = JSON.parse(await readFile(join(root, "fpm.json"), "utf8"));
    const after = (name: string) => args.flatMap((arg, at) => (arg === name ? [args[at + 1]] : []));
    expect(after("-t")).toEqual(["deb"]);
    expect(after("--url")).toEqual(["https://ora-relay.invalid/"]);
    expect(after("--maintainer")[0]).toMatch(/^ORA Relay contributors <.+@.+>$/);
    expect(after("--license")).toEqual(["MIT"]);
    expect(after("-d")).toContain("libsecret-1-0");
    expect(after("--package")[0]).toMatch(/ora-relay-\d+\.\d+\.\d+-linux-\w+\.deb$/);
    const [entry = ""] = args.filter((arg) => arg.endsWith(".desktop")).map((arg) => arg.split("=")[0]);
    const desktop = await readFile(join(root, "ora-relay.desktop"), "utf8");
    expect(entry).not.toBe("");
    expect(desktop).toContain("MimeType=x-scheme-handler/ora;");
    expect(desktop).toMatch(/^Exec=\S*"?\/opt\/.*ora-relay"? %U$/m);
  });

  it("has every fuse as it was written", async () => {
    expect(readFuses(await readFile(join(packed, "ora-relay")))).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it("has a main process that loads from the archive, finds its pages there, and opens keytar", async () => {
    const inside = join(root, "inside");
    extractAll(archive, inside);
    // Electron is the one thing that is not in the archive: a stand-in notes what is asked of it.
    const { stdout } = await run(process.execPath, ["-e", LOADER, join(inside, "dist/desktop/main.cjs")], {
      env: { PATH: process.env.PATH ?? "", HOME: root },
    });
    expect(JSON.parse(stdout)).toEqual({
      calls: ["lock", "exit 0"],
      keytar: "function",
      pages: true,
    });
  });
});

/** A program that takes itself for fpm: it keeps what it is told and the desktop entry, and packs nothing. */
async function standInFpm(root: string): Promise<string> {
  const path = join(root, "fpm");
  const program = `#!${process.execPath}
const { copyFileSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
writeFileSync(${JSON.stringify(join(root, "fpm.json"))}, JSON.stringify(args));
const entry = args.find((arg) => arg.endsWith(".desktop"));
copyFileSync(entry.slice(0, entry.indexOf("=")), ${JSON.stringify(join(root, "ora-relay.desktop"))});
writeFileSync(args[args.indexOf("--package") + 1], "stand-in");
`;
  await writeFile(path, program, { mode: 0o755 });
  return path;
}

/** Loads the main bundle with an Electron whose lock another instance holds. */
const LOADER = `
const Module = require("node:module");
const path = require("node:path");
const calls = [];
const app = {
  isPackaged: true,
  requestSingleInstanceLock: () => (calls.push("lock"), false),
  exit: (code) => calls.push("exit " + code),
};
const electron = new Proxy({ app }, { get: (target, name) => target[name] ?? class {}, has: () => true });
const load = Module._load;
Module._load = (name, ...rest) => (name === "electron" ? electron : load(name, ...rest));
process.resourcesPath = "/nowhere";
const main = process.argv[1];
require(main);
setImmediate(() => {
  const fromMain = Module.createRequire(main);
  process.stdout.write(JSON.stringify({
    calls,
    keytar: typeof fromMain("keytar").getPassword,
    pages: require("node:fs").existsSync(path.join(path.dirname(main), "pages", "pairing.html")),
  }));
});
`;

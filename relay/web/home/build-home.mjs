/**
 * Builds the home page into one folder: the page, its scripts and style under names that hold their hash, the icons, the
 * manifest, and the service worker, which is told the names of all of them.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

const ICONS = "assets/app/web";
const TARGET = ["chrome111", "firefox115", "safari16.4"];

/** Changes with the page, which holds the names of everything else. */
const versionOf = (page) => createHash("sha256").update(page).digest("hex").slice(0, 16);

/** @param {{ root: string, outdir: string }} options @returns the files that went in, relative to `root` */
export async function buildHome({ root, outdir }) {
  const home = "relay/web/home";
  const inputs = [`${home}/build-home.mjs`, `${home}/index.html`, `${home}/home.webmanifest`];
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: "browser",
    target: TARGET,
    minify: true,
    charset: "utf8",
    legalComments: "linked",
  };
  const { metafile } = await build({
    ...common,
    entryPoints: { home: `${home}/page.tsx` },
    outdir: join(outdir, "assets"),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    format: "esm",
    splitting: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    metafile: true,
    logLevel: "error",
  });
  inputs.push(...Object.keys(metafile.inputs));

  const assets = await readdir(join(outdir, "assets"));
  const nameOf = (pattern) => `assets/${assets.find((name) => pattern.test(name))}`;
  const page = (await readFile(join(root, home, "index.html"), "utf8"))
    .replace("HOME_SCRIPT", nameOf(/^home-\w+\.js$/))
    .replace("HOME_STYLE", nameOf(/^home-\w+\.css$/));
  await writeFile(join(outdir, "index.html"), page);
  await copyFile(join(root, home, "home.webmanifest"), join(outdir, "home.webmanifest"));

  await mkdir(join(outdir, "icons"));
  const icons = (await readdir(join(root, ICONS))).map((name) => join(ICONS, name));
  for (const icon of [...icons, "assets/app/favicon.svg"]) {
    inputs.push(icon);
    await copyFile(join(root, icon), join(outdir, "icons", basename(icon)));
  }
  // Browsers that know no SVG icons ask for this name by themselves.
  inputs.push("assets/app/icon.ico");
  await copyFile(join(root, "assets/app/icon.ico"), join(outdir, "favicon.ico"));

  const shell = [
    "./",
    "home.webmanifest",
    "icons/favicon.svg",
    ...assets.map((name) => `assets/${name}`).sort(),
  ];
  const worker = await build({
    ...common,
    entryPoints: [`${home}/worker/worker.ts`],
    outfile: join(outdir, "worker.js"),
    format: "iife",
    define: { SHELL: JSON.stringify(shell), SHELL_VERSION: JSON.stringify(versionOf(page)) },
    metafile: true,
    logLevel: "error",
  });
  inputs.push(...Object.keys(worker.metafile.inputs));
  return inputs;
}

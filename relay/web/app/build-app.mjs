/**
 * Builds what an app's origin needs into one folder: the boot page, and the worker, which holds the scripts that it puts
 * into pages and workers, so that all three are always of one version.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const TARGET = ["chrome111", "firefox115", "safari16.4"];

/** @param {{ root: string, outdir: string }} options @returns the files that went in, relative to `root` */
export async function buildApp({ root, outdir }) {
  const app = "relay/web/app";
  const inputs = [`${app}/build-app.mjs`, `${app}/boot/boot.html`];
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: "browser",
    format: "iife",
    target: TARGET,
    minify: true,
    write: false,
    metafile: true,
    logLevel: "error",
  };
  const bundle = async (entry, options = {}) => {
    const { outputFiles, metafile } = await build({ ...common, entryPoints: [join(app, entry)], ...options });
    inputs.push(...Object.keys(metafile.inputs));
    return outputFiles[0].text;
  };
  await mkdir(outdir, { recursive: true });
  const page = await bundle("shim/page-shim.ts");
  // In one line: it stands in front of a worker's own first one. Only templates and licences hold the end of another; the latter stand in the worker too.
  const oneLine = { supported: { "template-literal": false }, legalComments: "none" };
  const bare = (await bundle("shim/worker-shim.ts", oneLine)).trim();
  // Its own strictness is not the app's: a directive in front would hold for all that follows.
  const worker = bare.replace(/^"use strict";\(\(\)=>\{/, '(()=>{"use strict";');
  if (worker.startsWith('"use strict"')) throw new Error("the script for workers makes the app's strict");
  if (worker.includes("\n")) throw new Error("the script for workers is not one line");
  const define = {
    PAGE_SHIM: JSON.stringify(page),
    PAGE_SHIM_HASH: JSON.stringify(`sha256-${createHash("sha256").update(page).digest("base64")}`),
    WORKER_SHIM: JSON.stringify(worker),
  };
  await writeFile(join(outdir, "worker.js"), await bundle("worker/worker.ts", { define }));
  await writeFile(join(outdir, "boot.js"), await bundle("boot/boot.ts"));
  await writeFile(join(outdir, "boot.css"), await bundle("boot/boot.css"));
  await copyFile(join(root, app, "boot/boot.html"), join(outdir, "boot.html"));
  return inputs;
}

/**
 * Builds the pages that the relay serves: home/ for its own origin, app/ for the origins of apps. Beside each file that
 * gets smaller lies a compressed copy, and files.json lists what belongs to this build.
 */
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { buildHome } from "./home/build-home.mjs";

const PACKED = /\.(html|js|css|svg|json|webmanifest)$/;
/** A copy that saves less is not worth its place. */
const WORTH = 0.9;

const packings = [
  ["br", (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })],
  ["gz", (bytes) => promisify(gzip)(bytes, { level: 9 })],
];

/** @param {{ root: string, outdir: string }} options @returns every file that went in, relative to `root` */
export async function buildWeb({ root, outdir }) {
  const app = new URL("app/build-app.mjs", import.meta.url);
  const inputs = ["relay/web/build-web.mjs", ...(await buildHome({ root, outdir: join(outdir, "home") }))];
  if (existsSync(app)) {
    const { buildApp } = await import(app.href);
    inputs.push(...(await buildApp({ root, outdir: join(outdir, "app") })));
  }
  const files = (await readdir(outdir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(outdir, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  for (const file of files.filter((name) => PACKED.test(name))) {
    const bytes = await readFile(join(outdir, file));
    for (const [suffix, pack] of packings) {
      const packed = await pack(bytes);
      if (packed.length < bytes.length * WORTH) await writeFile(join(outdir, `${file}.${suffix}`), packed);
    }
  }
  await writeFile(join(outdir, "files.json"), `${JSON.stringify(files, undefined, 1)}\n`);
  return [...new Set(inputs)].sort();
}

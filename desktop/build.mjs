/**
 * Builds the tray app into one folder that Electron can start: `main.cjs` with everything but Electron and keytar,
 * `preload.cjs` as one sandboxed file, the windows' pages, the icons, and what the licences of the packed packages say.
 */
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { buildPages } from "./windows/build-pages.mjs";

/** Packages that are never bundled: Electron is the runtime, the others hold native code and are loaded if they are there. */
const EXTERNAL = ["electron", "keytar", "bufferutil", "utf-8-validate"];

/** Kept beside the bundle because it is native; its licence counts all the same. */
const PACKED_APART = ["keytar"];

/**
 * @param {{ root: string, outdir: string, repository?: string, minify?: boolean }} options `repository` is `owner/name`
 *   of the page with the releases; left out, the app looks for none.
 * @returns {Promise<string[]>} every source file that went in, relative to `root`
 */
export async function buildDesktop({ root, outdir, repository = "", minify = false }) {
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify,
    legalComments: "none",
    metafile: true,
    logLevel: "error",
  };
  const [main, preload, pages] = await Promise.all([
    build({
      ...common,
      entryPoints: ["desktop/electron/main.ts"],
      outfile: join(outdir, "main.cjs"),
      platform: "node",
      format: "cjs",
      target: "node22",
      external: EXTERNAL,
      // keytar is loaded with require, which finds its native part beside the archive in every Electron.
      supported: { "dynamic-import": false },
      define: { ORA_REPOSITORY: JSON.stringify(repository) },
    }),
    build({
      ...common,
      entryPoints: ["desktop/electron/preload.ts"],
      outfile: join(outdir, "preload.cjs"),
      platform: "browser",
      format: "cjs",
      target: "chrome140",
      external: ["electron"],
    }),
    buildPages({ root, outdir: join(outdir, "pages") }).then((metafile) => ({ metafile })),
  ]);
  await Promise.all([
    cp(join(root, "assets/tray"), join(outdir, "assets/tray"), { recursive: true }),
    cp(join(root, "assets/app/linux"), join(outdir, "assets/app/linux"), { recursive: true }),
    cp(join(root, "assets/app/icon.ico"), join(outdir, "assets/app/icon.ico")),
    writeLicences(root, outdir, [main, preload, pages]),
  ]);
  return [main, preload, pages].flatMap(({ metafile }) => Object.keys(metafile.inputs));
}

/** `licences.json`: package → licence, for the window; `licences.txt`: their texts, for whoever wants to read them. */
async function writeLicences(root, outdir, results) {
  const names = new Set(PACKED_APART);
  for (const { metafile } of results) {
    for (const input of Object.keys(metafile.inputs)) {
      const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(input)?.[1];
      if (name !== undefined) names.add(name);
    }
  }
  const licences = {};
  const texts = [await readFile(join(root, "LICENSE"), "utf8")];
  for (const name of [...names].sort()) {
    const folder = join(root, "node_modules", name);
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8").catch(() => "{}"));
    licences[`${name} ${manifest.version ?? ""}`.trim()] = String(manifest.license ?? "see its page");
    texts.push(`${name} ${manifest.version ?? ""}\n\n${await licenceText(folder)}`);
  }
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, "licences.json"), JSON.stringify(licences, undefined, 1));
  await writeFile(join(outdir, "licences.txt"), texts.join(`\n${"-".repeat(72)}\n\n`));
}

async function licenceText(folder) {
  for (const file of [
    "LICENSE",
    "LICENSE.md",
    "LICENSE.txt",
    "LICENCE",
    "license",
    "LICENSE-MIT",
    "License.md",
  ]) {
    const text = await readFile(join(folder, file), "utf8").catch(() => undefined);
    if (text !== undefined) return text;
  }
  return "(its package holds no licence file)\n";
}

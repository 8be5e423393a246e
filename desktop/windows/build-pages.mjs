/** Builds the windows' pages into one folder: each a page with a script, and one style sheet for all. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

/** The names of the pages. */
export const PAGES = ["pairing", "activity", "settings"];

/** @param {{ root: string, outdir: string }} options @returns the build's metafile */
export async function buildPages({ root, outdir }) {
  const folder = join(root, "desktop", "windows");
  await mkdir(outdir, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      ...Object.fromEntries(PAGES.map((page) => [page, join(folder, page, "page.tsx")])),
      windows: join(folder, "design", "windows.css"),
    },
    outdir,
    bundle: true,
    platform: "browser",
    format: "iife",
    target: "chrome140",
    jsx: "automatic",
    jsxImportSource: "preact",
    define: { "process.env.NODE_ENV": '"production"' },
    minify: true,
    metafile: true,
    logLevel: "error",
  });
  // One document for all of them, so that there is one policy. PAGE stands for the name.
  const document = await readFile(join(folder, "page.html"), "utf8");
  for (const page of PAGES) await writeFile(join(outdir, `${page}.html`), document.replaceAll("PAGE", page));
  return metafile;
}

// Builds the programs, and runs one straight from its sources: `node esbuild.config.mjs run relay -- …`.
// A program is one bundle that stays in dist/ with a list of what went into it; it is built again only when
// one of those files changed. Each build goes to a name of its own and is renamed into place, so that several
// programs may start at the same moment without a lock and without ever loading half a file.
import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { argv, exit } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");

/** Program name → entry file. `run NAME` and `build` know these and no others. */
const programs = {
  relay: "relay/main.ts",
  node: "desktop/cli/ora-node.ts",
  connect: "desktop/cli/ora-connect.ts",
  start: "desktop/cli/quickstart.ts",
  bench: "e2e/bench/main.ts",
  screenshots: "e2e/screenshots/main.ts",
  icons: "assets/draw.ts",
};

/** The tray app's windows: each a page with a script, and one style sheet for all. They go to dist/windows/. */
const windows = ["pairing", "activity", "settings"];

/** Programs that a person installs; the others serve the checkout. */
const shipped = ["relay", "node", "connect"];

async function fingerprint(files) {
  const stats = await Promise.all(files.map((file) => stat(join(root, file)).catch(() => undefined)));
  return files.map((file, i) => `${file} ${stats[i]?.size} ${stats[i]?.mtimeMs}`);
}

async function isFresh(name) {
  try {
    await stat(join(dist, `${name}.mjs`));
    const recorded = JSON.parse(await readFile(join(dist, `${name}.inputs.json`), "utf8"));
    const current = await fingerprint(recorded.map((line) => line.replace(/ \S+ \S+$/, "")));
    return recorded.length > 0 && current.every((line, i) => line === recorded[i]);
  } catch {
    // No record, or one from an older build script: build.
    return false;
  }
}

/** Builds one program when it is stale. Returns the bundle's path. */
async function ensureBuilt(name) {
  const outfile = join(dist, `${name}.mjs`);
  if (await isFresh(name)) return outfile;
  const { build } = await import("esbuild").catch(() => {
    throw new Error(
      "esbuild is not installed: run `npm install` (with development dependencies) in the checkout first",
    );
  });
  await mkdir(dist, { recursive: true });
  const temporary = join(dist, `.${name}-${randomUUID()}.mjs`);
  try {
    const result = await build({
      absWorkingDir: root,
      entryPoints: [programs[name]],
      outfile: temporary,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20.19",
      packages: "external",
      banner: { js: "#!/usr/bin/env node" },
      sourcemap: "inline",
      metafile: true,
      logLevel: "error",
    });
    const inputs = [...Object.keys(result.metafile.inputs), "package-lock.json", "esbuild.config.mjs"];
    const record = `${temporary}.inputs.json`;
    await writeFile(record, JSON.stringify(await fingerprint(inputs.sort())));
    await rename(temporary, outfile);
    await rename(record, join(dist, `${name}.inputs.json`));
  } finally {
    await rm(temporary, { force: true });
  }
  return outfile;
}

/** Builds the windows' pages. Every file is renamed into place whole. */
async function buildPages() {
  const { build } = await import("esbuild");
  const folder = join(root, "desktop", "windows");
  const outdir = join(dist, "windows");
  const temporary = join(dist, `.windows-${randomUUID()}`);
  await mkdir(outdir, { recursive: true });
  try {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: {
        ...Object.fromEntries(windows.map((page) => [page, join(folder, page, "page.tsx")])),
        windows: join(folder, "design", "windows.css"),
      },
      outdir: temporary,
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
    for (const page of windows)
      await copyFile(join(folder, page, "page.html"), join(temporary, `${page}.html`));
    const made = [...Object.keys(metafile.outputs), ...windows.map((page) => `${page}.html`)];
    for (const file of made) await rename(join(temporary, basename(file)), join(outdir, basename(file)));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const [command, name, ...rest] = argv.slice(2);
if (command === "build" && name === "pages") {
  await buildPages();
} else if (command === "build") {
  for (const program of name ? [name] : shipped) await ensureBuilt(program);
} else if (command === "run" && name !== undefined && Object.hasOwn(programs, name)) {
  // Those that are not shipped run the shipped ones as programs of their own.
  if (!shipped.includes(name)) for (const program of shipped) await ensureBuilt(program);
  const outfile = await ensureBuilt(name);
  argv.splice(1, argv.length - 1, outfile, ...(rest[0] === "--" ? rest.slice(1) : rest));
  await import(pathToFileURL(outfile).href);
} else {
  console.error(
    `usage: node esbuild.config.mjs build [NAME] | build pages | run NAME\nNAME: ${Object.keys(programs).join(", ")}`,
  );
  exit(2);
}

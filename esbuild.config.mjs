// Builds the programs, and runs one straight from its sources: `node esbuild.config.mjs run relay -- …`.
// A program is one bundle that stays in dist/ with a list of what went into it; it is built again only when
// one of those files changed. Each build goes to a name of its own and is renamed into place, so that several
// programs may start at the same moment without a lock and without ever loading half a file.
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { argv, env, exit } from "node:process";
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
  soak: "e2e/soak/main.ts",
  survival: "e2e/survival/main.ts",
  screenshots: "e2e/screenshots/main.ts",
  icons: "assets/draw.ts",
  "try-apps": "e2e/apps-trial/main.ts",
};

/** Programs that a person installs; the others serve the checkout. */
const shipped = ["relay", "node", "connect"];

async function fingerprint(files) {
  const stats = await Promise.all(files.map((file) => stat(join(root, file)).catch(() => undefined)));
  return files.map((file, i) => `${file} ${stats[i]?.size} ${stats[i]?.mtimeMs}`);
}

async function isFresh(name, outfile) {
  try {
    await stat(outfile);
    const recorded = JSON.parse(await readFile(join(dist, `${name}.inputs.json`), "utf8"));
    const current = await fingerprint(recorded.map((line) => line.replace(/ \S+ \S+$/, "")));
    return recorded.length > 0 && current.every((line, i) => line === recorded[i]);
  } catch {
    // No record, or one from an older build script: build.
    return false;
  }
}

/** Remembers what went into a build that has just been put into place. */
async function writeRecord(name, files) {
  const inputs = [...files, "package-lock.json", "esbuild.config.mjs"].sort();
  const record = join(dist, `.${name}-${randomUUID()}.inputs.json`);
  await writeFile(record, JSON.stringify(await fingerprint(inputs)));
  await rename(record, join(dist, `${name}.inputs.json`));
}

let isToldBuilding = false;

/** Once, and only where a person looks on: a terminal that says nothing for seconds looks dead. */
function tellBuilding() {
  if (isToldBuilding || !process.stderr.isTTY) return;
  isToldBuilding = true;
  console.error("building what has changed: a few seconds");
}

/** Builds one program when it is stale. Returns the bundle's path. */
async function ensureBuilt(name) {
  const outfile = join(dist, `${name}.mjs`);
  if (name === "relay") await ensureWebBuilt();
  if (await isFresh(name, outfile)) return outfile;
  tellBuilding();
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
      // A map would be larger than the program. Names stay as they are, and each file's begins with its path.
      sourcemap: shipped.includes(name) ? false : "inline",
      metafile: true,
      logLevel: "error",
    });
    await rename(temporary, outfile);
    await writeRecord(name, Object.keys(result.metafile.inputs));
  } finally {
    await rm(temporary, { force: true });
  }
  return outfile;
}

/**
 * Builds a folder of files, aside first: each file is renamed into place whole, so that whoever reads meanwhile gets an old
 * one or a new one.
 */
async function buildFolder(name, fill) {
  const outdir = join(dist, name);
  const temporary = join(dist, `.${name}-${randomUUID()}`);
  try {
    await fill(temporary);
    const entries = await readdir(temporary, { recursive: true, withFileTypes: true });
    // A list of the other files comes last, so that whoever reads it finds them.
    entries.sort((a, b) => Number(a.name === "files.json") - Number(b.name === "files.json"));
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const from = join(entry.parentPath, entry.name);
      const to = join(outdir, relative(temporary, from));
      await mkdir(dirname(to), { recursive: true });
      await rename(from, to);
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return outdir;
}

/** Files of earlier builds are not removed before they are this old. */
const KEPT_MS = 600_000;

/** The pages that the relay serves, into dist/web/, when they are stale. */
async function ensureWebBuilt() {
  if (await isFresh("web", join(dist, "web", "files.json"))) return;
  tellBuilding();
  const { buildWeb } = await import("./relay/web/build-web.mjs");
  const outdir = join(dist, "web");
  const list = join(outdir, "files.json");
  const before = await listed(list);
  let inputs = [];
  await mkdir(dist, { recursive: true });
  await buildFolder("web", async (temporary) => {
    inputs = await buildWeb({ root, outdir: temporary });
  });
  await writeRecord("web", inputs);
  // Names hold hashes, so builds pile up. A relay that starts at this moment may still read another build than this one.
  const kept = new Set([...before, ...(await listed(list)), "files.json"]);
  const isOld = async (path) => {
    const found = await stat(path).catch(() => undefined);
    return found !== undefined && Date.now() - found.mtimeMs > KEPT_MS;
  };
  for (const entry of await readdir(outdir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(outdir, path).split(sep).join("/");
    if (entry.isFile() && !kept.has(name.replace(/\.(br|gz)$/, "")) && (await isOld(path))) {
      await rm(path, { force: true });
    }
  }
}

async function listed(list) {
  try {
    return JSON.parse(await readFile(list, "utf8"));
  } catch {
    // The first build has none before it.
    return [];
  }
}

/** The tray app's windows alone, into dist/windows/. */
async function buildWindows() {
  const { buildPages } = await import("./desktop/windows/build-pages.mjs");
  return buildFolder("windows", (outdir) => buildPages({ root, outdir }));
}

/** The tray app, into dist/desktop/. GitHub names the repository whose releases it looks at. */
async function buildTrayApp() {
  const { buildDesktop } = await import("./desktop/build.mjs");
  const repository = env.ORA_BUILD_REPOSITORY ?? env.GITHUB_REPOSITORY;
  return buildFolder("desktop", (outdir) => buildDesktop({ root, outdir, repository }));
}

const PARENT_CHECK_MS = 500;

/** npm runs us behind a shell that dies of SIGTERM without passing it on. Nothing must be left running then. */
function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    process.kill(process.pid, "SIGTERM");
  }, PARENT_CHECK_MS);
  check.unref();
}

const [command, name, ...rest] = argv.slice(2);
const given = rest[0] === "--" ? rest.slice(1) : rest;
if (command === "build" && name === "pages") {
  await buildWindows();
} else if (command === "build" && name === "web") {
  await ensureWebBuilt();
} else if (command === "build" && name === "desktop") {
  await buildTrayApp();
} else if (command === "run" && name === "desktop") {
  const app = await buildTrayApp();
  const { startElectron } = await import("./desktop/develop.mjs");
  startElectron({ root, app: join(app, "main.cjs"), args: given });
} else if (command === "build") {
  for (const program of name ? [name] : shipped) await ensureBuilt(program);
} else if (command === "run" && name !== undefined && Object.hasOwn(programs, name)) {
  // Those that are not shipped run the shipped ones as programs of their own.
  if (!shipped.includes(name)) for (const program of shipped) await ensureBuilt(program);
  const outfile = await ensureBuilt(name);
  argv.splice(1, argv.length - 1, outfile, ...given);
  endWithNpm();
  await import(pathToFileURL(outfile).href);
} else {
  console.error(
    `usage: node esbuild.config.mjs build [NAME] | build pages | build web | build desktop | run NAME\nNAME: desktop, ${Object.keys(programs).join(", ")}`,
  );
  exit(2);
}

/**
 * Builds the home page into one folder: the page, its scripts and style under names that hold their hash, the icons, the
 * manifest, and the service worker, which is told the names of all of them.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { build } from "esbuild";

const SELDOM = /^(requests|scanner)-|\.txt$/;
const ICONS = "assets/app/web";
const TARGET = ["chrome111", "firefox115", "safari16.4"];

/** Changes with the page, which holds the names of everything else. */
const versionOf = (page) => createHash("sha256").update(page).digest("hex").slice(0, 16);

/**
 * Parts that are loaded later share different modules with the page, and the bundler would cut the page into as many
 * pieces, which pack worse. Where each part also imports the page's start, which is there already, there is one piece.
 */
function oneCore() {
  return {
    name: "one-core",
    setup(bundle) {
      bundle.onLoad(
        { filter: /[\\/](other-scenes|scanner|requests-page|pairing-run|adding)\.tsx?$/ },
        async ({ path }) => {
          const core = JSON.stringify(join(bundle.initialOptions.absWorkingDir, "relay/web/home/start.tsx"));
          const contents = `${await readFile(path, "utf8")}\nimport ${core};\n`;
          return { contents, loader: path.endsWith("x") ? "tsx" : "ts" };
        },
      );
    },
  };
}

/**
 * What typed codes need (CPace with its group and hash) is loaded with the pairing alone. It shares modules of the noble
 * library with the rest, and a shared module comes whole with the page: so it gets copies of its own.
 */
function cpaceApart() {
  const namespace = "apart";
  return {
    name: "cpace-apart",
    setup(bundle) {
      const { absWorkingDir } = bundle.initialOptions;
      bundle.onResolve(
        { filter: /^@noble\// },
        async ({ path, importer, kind, resolveDir, pluginData, ...from }) => {
          const isOurs = from.namespace === namespace || /shared[\\/]crypto[\\/]cpace\.ts$/.test(importer);
          if (!isOurs || pluginData === namespace) return undefined;
          const found = await bundle.resolve(path, { resolveDir, kind, pluginData: namespace });
          return { path: relative(absWorkingDir, found.path), namespace, sideEffects: false };
        },
      );
      bundle.onResolve({ filter: /^\./, namespace }, ({ path, importer }) => ({
        path: join(dirname(importer), path),
        namespace,
        sideEffects: false,
      }));
      bundle.onLoad({ filter: /./, namespace }, async ({ path }) => {
        const file = join(absWorkingDir, path);
        return { contents: await readFile(file), loader: "js", resolveDir: dirname(file) };
      });
    },
  };
}

/**
 * Of the library, this page opens no WebSocket through the tunnel, and no PC tells it an app's cookies, which are for the
 * app's own devices: both ways stay out of it.
 */
function withoutAppParts() {
  const absent = {
    "client/tunnel-socket":
      'export class TunnelSocket { constructor() { throw new Error("not in this page"); } }',
    // A PC that tells them all the same is not listened to.
    "cookies/script-cookies":
      "export class ScriptCookies { replace() {} write() { return false; } list() { return []; } }",
  };
  return {
    name: "without-app-parts",
    setup(bundle) {
      for (const [name, contents] of Object.entries(absent)) {
        const filter = new RegExp(`shared/${name}\\.ts$`.replaceAll("/", "[\\\\/]"));
        bundle.onLoad({ filter }, () => ({ contents, loader: "js" }));
      }
    },
  };
}

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
  const style = await build({
    ...common,
    entryPoints: { requests: `${home}/requests/requests.css` },
    outdir: join(outdir, "assets"),
    entryNames: "[name]-[hash]",
    metafile: true,
    logLevel: "error",
  });
  inputs.push(...Object.keys(style.metafile.inputs));
  const requestsStyle = (await readdir(join(outdir, "assets"))).find((name) =>
    /^requests-\w+\.css$/.test(name),
  );

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
    define: { REQUESTS_STYLE: JSON.stringify(`assets/${requestsStyle}`) },
    plugins: [cpaceApart(), oneCore(), withoutAppParts()],
    metafile: true,
    logLevel: "error",
  });
  inputs.push(...Object.keys(metafile.inputs).map((name) => name.replace(/^apart:/, "")));

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
    // What is seldom wanted is kept once it has been.
    ...assets
      .filter((name) => !SELDOM.test(name))
      .map((name) => `assets/${name}`)
      .sort(),
  ];
  const seldom = assets
    .filter((name) => SELDOM.test(name) && !name.endsWith(".txt"))
    .map((name) => `assets/${name}`);
  const worker = await build({
    ...common,
    entryPoints: [`${home}/worker/worker.ts`],
    outfile: join(outdir, "worker.js"),
    format: "iife",
    define: {
      SHELL: JSON.stringify(shell),
      SELDOM: JSON.stringify(seldom),
      SHELL_VERSION: JSON.stringify(versionOf(page)),
    },
    metafile: true,
    logLevel: "error",
  });
  inputs.push(...Object.keys(worker.metafile.inputs));
  return inputs;
}

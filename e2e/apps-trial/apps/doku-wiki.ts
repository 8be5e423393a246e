/**
 * DokuWiki from Debian on PHP's own server: a wiki of the classic kind, where every tap is a document, a login is a
 * form with cookies, and pages are saved by POST and a redirect to an absolute address.
 */
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { startProgram } from "../../support/program.ts";
import { debianPackages } from "../install/debian-packages.ts";
import type { TrialApp } from "../trial-app.ts";
import { useDokuWiki } from "./use-doku-wiki.ts";

const PACKAGES = [
  ...["dokuwiki", "php-geshi", "php-phpseclib", "php-random-compat", "libphp-simplepie"],
  ...["libjs-jquery", "libjs-jquery-cookie", "libjs-jquery-ui"],
  ...["php8.2-cli", "php8.2-common", "php8.2-intl", "php8.2-mbstring", "php8.2-xml"],
  ...["libargon2-1", "libicu72", "libonig5", "libsodium23", "libxml2"],
];
const EXTENSIONS = ["ctype", "dom", "fileinfo", "iconv", "intl", "mbstring", "phar", "posix", "simplexml"];
const MORE_EXTENSIONS = ["tokenizer", "xml", "xmlreader", "xmlwriter"];
/** Written in its files as Debian places them, in front of a quoted path. */
const PLACES = /(['"])(\/usr\/share\/|\/etc\/dokuwiki|\/var\/lib\/dokuwiki)/g;

export const OWNER = { name: "ada", password: "lovelace" } as const;

export const dokuWiki: TrialApp = {
  name: "DokuWiki",
  kind: "Debian 12, PHP: forms and a login",
  async start({ cache, work }) {
    const unpacked = await debianPackages(join(cache, "dokuwiki"), PACKAGES);
    const root = join(work, "root");
    await cp(unpacked, root, { recursive: true, verbatimSymlinks: true });
    await settle(root);
    await configure(root);
    const sessions = join(work, "sessions");
    await mkdir(sessions);
    const port = await freePort();
    const modules = join(root, "usr", "lib", "php", await only(join(root, "usr", "lib", "php"), /^\d{8}$/));
    const libraries = join(root, "usr", "lib", await only(join(root, "usr", "lib"), /-linux-gnu$/));
    const settings = [
      `extension_dir=${modules}`,
      ...[...EXTENSIONS, ...MORE_EXTENSIONS].map((name) => `extension=${name}`),
      `session.save_path=${sessions}`,
    ];
    const program = startProgram(
      join(root, "usr", "bin", "php8.2"),
      [
        "-n",
        ...settings.flatMap((setting) => ["-d", setting]),
        ...["-S", `127.0.0.1:${port}`, "-t", join(root, "usr", "share", "dokuwiki")],
      ],
      { env: { LD_LIBRARY_PATH: libraries } },
    );
    await program.waitFor(/Development Server .* started/);
    return {
      program,
      origin: `http://127.0.0.1:${port}`,
      use: (opened, steps) => useDokuWiki(opened, steps, join(root, "var", "lib", "dokuwiki", "data")),
    };
  },
};

/** Debian's absolute places become places below `root`. Nothing else of it is changed. */
async function settle(root: string): Promise<void> {
  const share = join(root, "usr", "share", "dokuwiki");
  const state = join(root, "var", "lib", "dokuwiki");
  for (const [link, target] of [
    [join(share, "lib", "plugins"), join(state, "lib", "plugins")],
    [join(share, "lib", "tpl"), join(state, "lib", "tpl")],
    [join(state, "inc"), join(share, "inc")],
  ] as const) {
    await rm(link, { force: true });
    await symlink(target, link);
  }
  for (const folder of [share, join(root, "etc", "dokuwiki"), state]) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".php")) continue;
      const path = join(entry.parentPath, entry.name);
      const text = await readFile(path, "latin1");
      const moved = text.replaceAll(PLACES, (_, quote, place) => `${quote}${root}${place}`);
      if (moved !== text) await writeFile(path, moved, "latin1");
    }
  }
}

/** What its installer would have asked for: a title, an owner, who may do what. */
async function configure(root: string): Promise<void> {
  const folder = join(root, "etc", "dokuwiki");
  const hash = createHash("sha1").update(OWNER.password).digest("hex");
  const files = {
    "local.php": "<?php\n$conf['title']='House book'; $conf['useacl']=1; $conf['superuser']='@admin';\n",
    "acl.auth.php": "* @ALL 0\n* @user 8\n",
    "users.auth.php": `${OWNER.name}:${hash}:Ada:ada@example.org:admin,user\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    await rm(join(folder, name), { force: true });
    await writeFile(join(folder, name), text);
  }
}

async function only(folder: string, name: RegExp): Promise<string> {
  const found = (await readdir(folder)).find((each) => name.test(each));
  if (found === undefined) throw new Error(`${folder} has nothing that is called ${name}`);
  return found;
}

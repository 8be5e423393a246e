/** The package that `npm install --global ./ora-relay-….tgz` installs on a server: what is in it, and that it works. */
import { execFile } from "node:child_process";
import { access, constants, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { VERSION } from "#shared/protocol/version.ts";
import { endingsOfAllTests } from "../support/endings.ts";
import { startProgram } from "../support/program.ts";
import { type InstalledPackage, installPackage } from "./installed-package.ts";

const run = promisify(execFile);
const MIB = 1024 * 1024;

// Windows has other shims for the programs; servers run Linux.
describe.skipIf(process.platform === "win32")("the package for servers", () => {
  const atTheEnd = endingsOfAllTests();
  let installed: InstalledPackage;
  let elsewhere: string;

  beforeAll(async () => {
    const root = await mkdtemp(join(tmpdir(), "ora-tarball-"));
    atTheEnd(() => rm(root, { recursive: true, force: true }));
    elsewhere = await mkdtemp(join(root, "cwd-"));
    installed = await installPackage(root);
  }, 180_000);

  it("holds the programs, the pages, the files to deploy and the documents, and nothing else", () => {
    const { paths, size } = installed;
    for (const path of [
      "LICENSE",
      "README.md",
      "dist/relay.mjs",
      "dist/node.mjs",
      "dist/connect.mjs",
      "dist/web/files.json",
      "relay/deploy/systemd/ora-relay.service",
      "shared/PROTOCOL.md",
      "shared/SECURITY.md",
    ]) {
      expect(paths).toContain(path);
    }
    const allowed =
      /^(LICENSE|README\.md|package\.json|dist\/(relay|node|connect)\.mjs|dist\/web\/.*|relay\/deploy\/.*|shared\/[A-Z]+\.md)$/;
    expect(paths.filter((path) => !allowed.test(path))).toEqual([]);
    expect(paths.filter((path) => /\.(ts|tsx|env|pem|key)$/.test(path))).toEqual([]);
    expect(size).toBeLessThan(2 * MIB);
  });

  it("has a README that reads well there: its links lead to what is in it, and pictures are told in words", async () => {
    const text = await readFile(join(installed.folder, "README.md"), "utf8");
    const links = [...text.matchAll(/(?<!!)\[[^\]]*\]\((?!https?:|#)([^)#]+)/g)].map(([, path = ""]) => path);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((path) => !installed.paths.includes(path))).toEqual([]);
    const markdown = [...text.matchAll(/!\[([^\]]*)\]\(/g)].map(([, words]) => words);
    const html = [...text.matchAll(/<img [^>]*>/g)].map(([tag]) => /alt="([^"]+)"/.exec(tag)?.[1]);
    expect([...markdown, ...html].filter((words) => !words)).toEqual([]);
  });

  it("has programs that run as they are, wherever they are called from", async () => {
    const PATH = `${installed.bin}${delimiter}${process.env.PATH}`;
    for (const name of ["ora-relay", "ora-node", "ora-connect"]) {
      await access(join(installed.bin, name), constants.X_OK);
      const { stdout } = await run(name, ["--version"], { cwd: elsewhere, env: { PATH } });
      expect(stdout.trim()).toBe(`${name} ${VERSION}`);
    }
  });

  it("has a relay that serves the home page with all that the page asks for, and ends cleanly", async () => {
    const relay = startProgram(join(installed.bin, "ora-relay"), [], {
      cwd: elsewhere,
      env: { ORA_RELAY_PORT: "0" },
    });
    atTheEnd(() => relay.stop());
    const [, origin] = await relay.waitFor(/^relay listening on (http:\S+)/);
    const page = await fetch(`${origin}/`);
    const html = await page.text();
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const asked = [...html.matchAll(/(?:src|href)="(\/?assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(asked.length).toBeGreaterThan(0);
    for (const path of asked) expect((await fetch(new URL(path, `${origin}/`))).status, path).toBe(200);
    expect(await relay.stop()).toBe(0);
  });

  it("has a node that finds its way in without the packages that are optional", async () => {
    const relay = startProgram(join(installed.bin, "ora-relay"), [], {
      cwd: elsewhere,
      env: { ORA_RELAY_PORT: "0" },
    });
    atTheEnd(() => relay.stop());
    const [, origin = ""] = await relay.waitFor(/^relay listening on (http:\S+)/);
    const node = startProgram(join(installed.bin, "ora-node"), [], {
      cwd: elsewhere,
      env: {
        ORA_RELAY_URL: origin.replace("http", "ws"),
        ORA_NODE_SECRETS: "file",
        ORA_NODE_STATE_DIR: join(elsewhere, "state"),
      },
    });
    atTheEnd(() => node.stop());
    await node.waitFor(/#P2\./);
    expect(await node.stop()).toBe(0);
  });
});

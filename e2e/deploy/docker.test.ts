/**
 * The container image, as far as it can be had without a container engine: the steps of the Dockerfile are carried out in
 * folders, and what comes of them is started with the image's own command, environment and user. `npm ci` is answered
 * with the packages of this checkout; with ORA_TEST_REGISTRY=1 in the environment it is run.
 */
import { execFile } from "node:child_process";
import { chmod, chown, mkdtemp, readdir, readFile, readlink, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { RELAY_SETTINGS } from "../../relay/config.ts";
import { checkout } from "../support/checkout.ts";
import { endingsOfAllTests } from "../support/endings.ts";
import { freePort } from "../support/free-port.ts";
import { startProgram } from "../support/program.ts";
import { parseDockerIgnore, sentFiles } from "./docker-ignore.ts";
import { buildInFolders, type Image } from "./dockerfile.ts";
import { copyProductionPackages } from "./installed-package.ts";

const DOCKER = join(checkout, "relay", "deploy", "docker");
const IGNORE = join(DOCKER, "Dockerfile.dockerignore");
const MIB = 1024 * 1024;
const exec = promisify(execFile);

async function run(command: string, cwd: string): Promise<void> {
  if (process.env.ORA_TEST_REGISTRY === undefined && command.startsWith("npm ci ")) {
    if (command.includes("--omit=dev --omit=optional")) return copyProductionPackages(cwd);
    return symlink(join(checkout, "node_modules"), join(cwd, "node_modules"));
  }
  await exec("sh", ["-ec", command], { cwd, maxBuffer: 16 * MIB });
}

describe("what is sent to the builder", () => {
  it("is what the build reads, and no secret, history or rubbish", async () => {
    const { ignores } = parseDockerIgnore(await readFile(IGNORE, "utf8"));
    for (const path of [".git", "node_modules", "dist", "desktop", "e2e", ".env", "relay/.env"]) {
      expect(ignores(path), path).toBe(true);
    }
    for (const path of ["relay/hub.test.ts", "relay/testing/fake-clock.ts", "relay/deploy/README.md"]) {
      expect(ignores(path), path).toBe(true);
    }
    for (const path of ["package-lock.json", "relay/main.ts", "shared/link.ts", "assets/app/icon.ico"]) {
      expect(ignores(path), path).toBe(false);
    }
  });
});

// The image is Linux, and what makes it runs there.
describe.skipIf(process.platform !== "linux")("the container image", () => {
  const atTheEnd = endingsOfAllTests();
  let image: Image;

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), "ora-image-"));
    atTheEnd(() => rm(directory, { recursive: true, force: true }));
    // The image's user is not the one who runs the tests.
    await chmod(directory, 0o755);
    image = await buildInFolders({
      dockerfile: join(DOCKER, "Dockerfile"),
      context: checkout,
      files: await sentFiles(checkout, IGNORE),
      directory,
      run,
    });
  }, 300_000);

  it("holds the relay, its pages and its packages, and little else", async () => {
    expect((await readdir(image.root)).sort()).toEqual(["app", "data", "usr"]);
    expect((await readdir(join(image.root, "app"))).sort()).toEqual(["LICENSE", "dist", "node_modules"]);
    expect((await readdir(join(image.root, "app", "dist"))).sort()).toEqual(["relay.mjs", "web"]);
    const packages = await readdir(join(image.root, "app", "node_modules"));
    for (const name of ["electron", "esbuild", "keytar", "bufferutil", "vitest"]) {
      expect(packages).not.toContain(name);
    }
    expect(image.owned).toEqual(["/data"]);
    expect(await sizeOf(image.root)).toBeLessThan(40 * MIB);
  });

  it("runs as nobody in particular, is healthy, writes nothing, and ends cleanly", async () => {
    const [uid = "", gid = ""] = image.user.split(":");
    expect(Number(uid)).toBeGreaterThan(0);
    const ports = {
      ORA_RELAY_PORT: String(await freePort()),
      ORA_RELAY_ADMIN_PORT: String(await freePort()),
    };
    const before = await listing(image.root);
    const asRoot = process.getuid?.() === 0;
    if (asRoot) await chown(join(image.root, "data"), Number(uid), Number(gid));
    const command = [join(image.root, "usr", "local", "bin", image.entrypoint[0] ?? "")];
    if (asRoot) command.unshift("setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups");
    const [program = "", ...args] = command;
    const relay = startProgram(program, [...args, ...image.entrypoint.slice(1)], {
      cwd: join(image.root, image.directory),
      env: { ...image.env, ...ports, ORA_RELAY_PUBLIC_URL: "https://relay.example" },
    });
    atTheEnd(() => relay.stop());
    await relay.waitFor(/^relay listening on http:\/\/0\.0\.0\.0:/);
    const origin = `http://127.0.0.1:${ports.ORA_RELAY_PORT}`;
    expect((await fetch(`${origin}/`)).headers.get("content-type")).toContain("text/html");
    expect((await fetch(`${origin}/api/pair`, { method: "POST", body: '{"code":"x"}' })).status).toBe(403);

    const [, checked = ""] = /"(http:[^"]+)"/.exec(image.healthCheck) ?? [];
    const health = checked.replace("$ORA_RELAY_ADMIN_PORT", ports.ORA_RELAY_ADMIN_PORT);
    expect((await fetch(health)).status).toBe(200);

    expect(await filesOpenForWriting(relay.pid)).toEqual([]);
    expect(await listing(image.root)).toEqual(before);
    expect(await relay.stop()).toBe(0);
    await expect(fetch(health)).rejects.toThrow();
  });

  it("has settings that the relay knows, and so has everything else that is deployed", async () => {
    const known = new Set<string>(Object.values(RELAY_SETTINGS).map(({ variable }) => variable));
    for (const file of [
      "Dockerfile",
      "compose.yml",
      "compose.several.yml",
      "../caddy/Caddyfile",
      "../caddy/several.Caddyfile",
    ]) {
      const text = await readFile(join(DOCKER, file), "utf8");
      const named = text.match(/\bORA_RELAY_[A-Z_]+/g) ?? [];
      expect(named.length).toBeGreaterThan(0);
      for (const name of named) expect(known.has(name), `${name} in ${file}`).toBe(true);
    }
  });
});

async function listing(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const { size, mtimeMs } = await stat(path);
        return `${path} ${size} ${mtimeMs}`;
      }),
  );
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = (await listing(folder)).map((line) => Number(/ (\d+) \S+$/.exec(line)?.[1]));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Ordinary files that a process could write to. */
async function filesOpenForWriting(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const found: string[] = [];
  for (const fd of await readdir(folder)) {
    const target = await readlink(join(folder, fd)).catch(() => "");
    if (!target.startsWith("/") || target.startsWith("/dev/")) continue;
    const info = await readFile(join(dirname(folder), "fdinfo", fd), "utf8").catch(() => "");
    const flags = Number.parseInt(/^flags:\s+(\d+)/m.exec(info)?.[1] ?? "0", 8);
    if ((flags & 3) !== 0) found.push(target);
  }
  return found;
}

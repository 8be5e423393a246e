import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memorySecrets } from "../secrets/memory.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { type CookieJars, type CookieJarsOptions, loadCookieJars, WRITE_DELAY_MS } from "./cookie-jars.ts";
import { jarFiles } from "./jar-files.ts";
import { KEY_ITEM } from "./jar-seal.ts";

const HERE = { path: "/", site: "same-site" } as const;
let directory: string;
let store: SecretStore;
const clock = fakeClock();

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), "ora-jars-")), "cookies");
  store = memorySecrets();
});
afterEach(() => rm(join(directory, ".."), { recursive: true }));

function load(options: Partial<CookieJarsOptions> = {}): Promise<CookieJars> {
  return loadCookieJars({
    files: jarFiles(directory),
    store,
    clock,
    hosts: [],
    isApp: () => true,
    onStoreError: (error) => {
      throw error;
    },
    ...options,
  });
}

async function withCookie(device = "phone"): Promise<CookieJars> {
  const jars = await load();
  jars.of(device).take("sid=secret; HttpOnly", HERE);
  jars.of(device).take("a=1; Path=/x; Max-Age=60; SameSite=Strict", HERE);
  jars.touched(device);
  await jars.flush();
  return jars;
}

const fileOf = (device: string) => join(directory, `${device}.jar`);

describe("the jars of web apps", () => {
  it("are there after a restart, as they were", async () => {
    const before = (await withCookie()).of("phone").list();
    const jars = await load();
    expect(jars.damaged).toEqual([]);
    expect(jars.of("phone").list()).toEqual(before);
    expect(jars.of("tablet").list()).toEqual([]);
  });

  it("are written a moment after a change, once, and not for what changed nothing", async () => {
    const jars = await load();
    jars.of("phone").take("a=1", HERE);
    jars.touched("phone");
    jars.of("phone").take("b=2", HERE);
    jars.touched("phone");
    expect(clock.waiting()).toEqual([WRITE_DELAY_MS]);
    clock.advance(WRITE_DELAY_MS);
    await jars.flush();
    jars.of("phone").take("b=2", HERE);
    jars.touched("phone");
    expect(clock.waiting()).toEqual([]);
    expect((await load()).of("phone").header(HERE)).toBe("a=1; b=2");
  });

  it("let nobody read them: neither from the file, nor another user the file", async () => {
    await withCookie();
    const sealed = await readFile(fileOf("phone"), "latin1");
    expect(sealed).not.toContain("secret");
    expect(sealed).not.toContain("sid");
    if (process.platform === "win32") return;
    expect((await stat(fileOf("phone"))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it("are gone from memory and disk when their device is, also when a write was under way", async () => {
    const jars = await withCookie();
    jars.of("phone").take("late=1", HERE);
    jars.touched("phone");
    const writing = jars.flush();
    await jars.forget("phone");
    await writing;
    expect(await readdir(directory)).toEqual([]);
    expect(clock.waiting()).toEqual([]);
    expect(jars.of("phone").list()).toEqual([]);
  });

  it("are removed at the start when nobody knows their device", async () => {
    await withCookie("gone");
    await withCookie("phone");
    await load({ isApp: (device) => device === "phone" });
    expect(await readdir(directory)).toEqual(["phone.jar"]);
  });

  it("keep nothing of a request that outlived its device", async () => {
    const jars = await load({ isApp: () => false });
    jars.of("phone").take("a=1", HERE);
    jars.touched("phone");
    await jars.flush();
    expect(jars.of("phone").list()).toEqual([]);
    expect(clock.waiting()).toEqual([]);
  });

  it.each([
    ["is changed", (bytes: Buffer) => bytes.fill(bytes[20] === 1 ? 2 : 1, 20, 21)],
    ["is cut", (bytes: Buffer) => bytes.subarray(0, 20)],
    ["is empty", () => Buffer.alloc(0)],
    ["is of another version", (bytes: Buffer) => bytes.fill(9, 0, 1)],
    ["is far too large", () => Buffer.alloc(300 * 1024)],
  ])("are told and begun anew when a file %s", async (_, damage) => {
    await withCookie();
    await writeFile(fileOf("phone"), damage(await readFile(fileOf("phone"))));
    const jars = await load();
    expect(jars.damaged).toEqual(["cookies of phone"]);
    expect(jars.of("phone").list()).toEqual([]);
    jars.of("phone").take("a=1", HERE);
    await jars.flush();
    expect((await load()).of("phone").header(HERE)).toBe("a=1");
  });

  it("are no other device's, whatever the file is called", async () => {
    await withCookie();
    await writeFile(fileOf("tablet"), await readFile(fileOf("phone")));
    const jars = await load();
    expect(jars.damaged).toEqual(["cookies of tablet"]);
    expect(jars.of("tablet").list()).toEqual([]);
  });

  it.each(["gone", "damaged"])("begin anew when their key is %s", async (how) => {
    await withCookie();
    if (how === "gone") await store.delete(KEY_ITEM);
    else await store.set(KEY_ITEM, "AAAA");
    const jars = await load();
    expect(jars.damaged).toContain("cookies of phone");
    jars.of("phone").take("a=1", HERE);
    await jars.flush();
    expect((await load()).of("phone").header(HERE)).toBe("a=1");
  });

  it("try again when they could not be written", async () => {
    const errors: unknown[] = [];
    const files = jarFiles(directory);
    let isBroken = true;
    const jars = await load({
      files: {
        ...files,
        write: (...args) => (isBroken ? Promise.reject(new Error("full")) : files.write(...args)),
      },
      onStoreError: (error) => errors.push(error),
    });
    jars.of("phone").take("a=1", HERE);
    jars.touched("phone");
    clock.advance(WRITE_DELAY_MS);
    await expect(jars.flush()).rejects.toThrow("full");
    expect(errors.length).toBe(1);
    isBroken = false;
    await jars.flush();
    expect((await load()).of("phone").header(HERE)).toBe("a=1");
  });
});

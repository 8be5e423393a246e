import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHome } from "./build-home.mjs";

/** What a phone loads before it shows the list: page, style, scripts and the texts of one language. Bytes. */
const MAX_PAGE_BYTES = 60_000;

let outdir: string;
beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), "ora-home-"));
  await buildHome({ root: process.cwd(), outdir });
});
afterAll(() => rm(outdir, { recursive: true }));

const read = (name: string) => readFile(join(outdir, name));
const packed = async (name: string) => brotliCompressSync(await read(name)).length;

/** Scripts that are loaded with one, itself included. */
async function withImports(name: string, found = new Set<string>()): Promise<Set<string>> {
  if (found.has(name)) return found;
  found.add(name);
  const text = (await read(name)).toString();
  for (const [, chunk = ""] of text.matchAll(/(?:from|import)\s*"\.\/([\w-]+\.js)"/g)) {
    await withImports(`assets/${chunk}`, found);
  }
  return found;
}

describe("the built page", () => {
  it("is below 60 kB compressed, script included, in either language", async () => {
    const page = (await read("index.html")).toString();
    const script = /src="(assets\/home-\w+\.js)"/.exec(page)?.[1] ?? "none";
    const style = /href="(assets\/home-\w+\.css)"/.exec(page)?.[1] ?? "none";
    const names = ["index.html", style, ...(await withImports(script))];
    // The engine is in it: this would notice if the list of scripts were cut short.
    expect(names.length).toBeGreaterThan(3);
    let size = 0;
    for (const name of names) size += await packed(name);
    expect(size).toBeGreaterThan(40_000);
    const assets = await readdir(join(outdir, "assets"));
    for (const language of ["en", "ja"]) {
      const texts = assets.find((name) => name.startsWith(`${language}-`)) ?? "none";
      expect(size + (await packed(`assets/${texts}`)), language).toBeLessThan(MAX_PAGE_BYTES);
    }
  });

  it("names nothing that is not there, and nothing from elsewhere", async () => {
    const page = (await read("index.html")).toString();
    for (const [, tag, name = ""] of page.matchAll(/<(\w+)[^>]*(?:href|src)="([^"]+)"/g)) {
      expect(name).not.toMatch(/^[a-z]+:|^\//i);
      // A link leads to what the relay answers; all else is loaded.
      if (tag !== "a") expect((await read(name)).length).toBeGreaterThan(0);
    }
    const { icons } = JSON.parse((await read("home.webmanifest")).toString());
    for (const { src } of icons) expect((await read(src)).length).toBeGreaterThan(0);
  });

  it("keeps typed codes' group, the scanner and the API client for later, and an app's cookies out", async () => {
    const page = (await read("index.html")).toString();
    const script = /src="(assets\/home-\w+\.js)"/.exec(page)?.[1] ?? "none";
    const text = (await Promise.all([...(await withImports(script))].map(read))).join("");
    const words = ["ristretto255", "facingMode", "samesite", "x25519"].filter((word) => text.includes(word));
    expect(words).toEqual(["x25519"]);
  });
});

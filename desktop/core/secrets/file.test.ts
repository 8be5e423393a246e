import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepsSecrets } from "../testing/secret-store-contract.ts";
import { fileSecrets } from "./file.ts";

describe("secrets in files", () => {
  let root: string;
  let directory: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "ora-secrets-"));
    directory = join(root, "state", "secrets");
  });
  afterEach(() => rm(root, { recursive: true }));

  keepsSecrets(() => fileSecrets(directory));

  it("are there for the next process", async () => {
    await (await fileSecrets(directory)).set("node_key", "kept");
    expect(await (await fileSecrets(directory)).get("node_key")).toBe("kept");
  });

  it("reports a damaged file, and keeps it", async () => {
    const store = await fileSecrets(directory);
    const path = join(directory, "node_key.json");
    for (const content of ["", '{"secret":"abc', '{"other":1}', "[]", "x".repeat(40_000)]) {
      await writeFile(path, content, { mode: 0o600 });
      await expect(store.get("node_key")).rejects.toMatchObject({ code: "damaged" });
      expect(await readFile(path, "utf8")).toBe(content);
    }
  });

  it("leaves no half-written file behind, and lists none", async () => {
    const store = await fileSecrets(directory);
    await writeFile(join(directory, ".left-over.tmp"), "half");
    await store.set("node_key", "whole");
    expect(await store.list()).toEqual(["node_key"]);
    expect((await readdir(directory)).sort()).toEqual([".left-over.tmp", "node_key.json"]);
  });

  it("says which path it cannot use", async () => {
    await writeFile(join(root, "state"), "a file");
    await expect(fileSecrets(directory)).rejects.toMatchObject({ code: "store_failed" });
    await expect(fileSecrets(directory)).rejects.toThrow(directory);
  });

  describe.skipIf(process.platform === "win32")("on systems with modes", () => {
    it("can be read by their owner alone", async () => {
      const store = await fileSecrets(directory);
      await store.set("node_key", "mine");
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
      expect((await stat(join(directory, "node_key.json"))).mode & 0o777).toBe(0o600);
    });

    it("are refused once others can read them, with the command that mends it", async () => {
      const store = await fileSecrets(directory);
      await store.set("node_key", "mine");
      const path = join(directory, "node_key.json");
      await chmod(path, 0o640);
      await expect(store.get("node_key")).rejects.toMatchObject({ code: "exposed" });
      await expect(store.get("node_key")).rejects.toThrow(`chmod 600 ${path}`);
      await chmod(path, 0o600);
      expect(await store.get("node_key")).toBe("mine");
    });

    it("refuses a directory that others can reach", async () => {
      await mkdir(directory, { recursive: true });
      await chmod(directory, 0o755);
      await expect(fileSecrets(directory)).rejects.toMatchObject({ code: "exposed" });
    });
  });
});

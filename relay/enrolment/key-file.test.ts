import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeKeys, type EnrolmentKey, encodeKeys, MAX_KEY_FILE_BYTES, MAX_KEYS } from "./enrolment-key.ts";
import { readKeyFile, updateKeyFile } from "./key-file.ts";

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "enrolment-"));
  path = join(directory, "keys.json");
});
afterEach(() => rm(directory, { recursive: true }));

const key = (name: string): EnrolmentKey => ({ name, hash: "0".repeat(64), created: 1 });

describe("the file of enrolment keys", () => {
  it("is made by the first change, reads as it was written, and others cannot write it", async () => {
    await updateKeyFile(path, (keys) => [...keys, key("one")]);
    await updateKeyFile(path, (keys) => [...keys, { ...key("two"), expires: 2 }]);
    expect(await readKeyFile(path)).toEqual([key("one"), { ...key("two"), expires: 2 }]);
    expect(await readdir(directory)).toEqual(["keys.json"]);
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o022).toBe(0);
  });

  it.skipIf(process.platform === "win32")(
    "can be read by a relay that runs as another user, whatever the umask of whoever adds keys",
    async () => {
      const umask = process.umask(0o077);
      try {
        await updateKeyFile(path, () => [key("one")]);
      } finally {
        process.umask(umask);
      }
      expect((await stat(path)).mode & 0o777).toBe(0o644);
    },
  );

  it.skipIf(process.platform === "win32")(
    "keeps its mode, and is refused when others can write it",
    async () => {
      await updateKeyFile(path, () => [key("one")]);
      await chmod(path, 0o640);
      await updateKeyFile(path, () => [key("two")]);
      expect((await stat(path)).mode & 0o777).toBe(0o640);
      await chmod(path, 0o660);
      await expect(readKeyFile(path)).rejects.toMatchObject({ code: "keys_exposed" });
      await expect(updateKeyFile(path, () => [])).rejects.toMatchObject({ code: "keys_exposed" });
    },
  );

  it("is left as it is when it is damaged, missing, too large, or somebody else is writing it", async () => {
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: "keys_missing" });
    await expect(readKeyFile(directory)).rejects.toMatchObject({ code: expect.stringMatching(/^keys_/) });
    for (const text of ["", "{", '{"version":2,"keys":[]}', " ".repeat(MAX_KEY_FILE_BYTES + 1)]) {
      await writeFile(path, text);
      await expect(updateKeyFile(path, () => [])).rejects.toMatchObject({ code: "keys_damaged" });
      expect(await readFile(path, "utf8")).toBe(text);
    }
    await writeFile(path, encodeKeys([]));
    await writeFile(`${path}.new`, "");
    await expect(updateKeyFile(path, () => [key("x")])).rejects.toMatchObject({ code: "keys_busy" });
    expect(await readKeyFile(path)).toEqual([]);
  });

  it("is as before after a change that failed, and after one that could not be written", async () => {
    await updateKeyFile(path, () => [key("one")]);
    const failed = updateKeyFile(path, () => {
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    expect(await readKeyFile(path)).toEqual([key("one")]);
    expect(await readdir(directory)).toEqual(["keys.json"]);
    await expect(updateKeyFile(join(directory, "none", "keys"), () => [])).rejects.toMatchObject({
      code: "keys_not_written",
    });
  });

  it("takes one of two changes at the same time, and both one after the other", async () => {
    const both = await Promise.allSettled([
      updateKeyFile(path, (keys) => [...keys, key("one")]),
      updateKeyFile(path, (keys) => [...keys, key("two")]),
    ]);
    const done = both.filter(({ status }) => status === "fulfilled").length;
    expect(await readKeyFile(path)).toHaveLength(done);
  });
});

describe("its text", () => {
  it("reads as itself, up to the bound, and has no two keys of a name", () => {
    const many = Array.from({ length: MAX_KEYS }, (_, i) => key(`k${i}`));
    expect(decodeKeys(encodeKeys(many))).toEqual(many);
    expect(decodeKeys(encodeKeys([...many, key("x")]))).toBeUndefined();
    expect(decodeKeys(encodeKeys([key("x"), key("x")]))).toBeUndefined();
    for (const wrong of [{ name: "-x" }, { hash: "0" }, { created: -1 }, { expires: "1" }]) {
      expect(decodeKeys(encodeKeys([{ ...key("x"), ...wrong } as EnrolmentKey]))).toBeUndefined();
    }
  });

  it("may be anything without a crash", () => {
    fc.assert(fc.property(fc.string(), (text) => decodeKeys(text) === undefined));
    fc.assert(fc.property(fc.json(), (text) => decodeKeys(text) === undefined));
  });
});

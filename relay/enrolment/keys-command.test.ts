import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseEnrollKey } from "#shared/config/enroll-key.ts";
import { MAX_KEY_NAME_LENGTH } from "./enrolment-key.ts";
import { runKeysCommand } from "./keys-command.ts";

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "keys-command-"));
  file = join(directory, "keys.json");
});
afterEach(() => rm(directory, { recursive: true }));

const DAY = 86_400;

async function keys(args: string[], options: { now?: number; file?: string | undefined } = {}) {
  const out: string[] = [];
  const remarks: string[] = [];
  const code = await runKeysCommand({
    args,
    file: "file" in options ? options.file : file,
    now: options.now ?? 0,
    print: (line) => out.push(line),
    remark: (line) => remarks.push(line),
  });
  return { code, out: out.join("\n"), remarks: remarks.join("\n") };
}

describe("ora-relay keys", () => {
  it("shows a key once, as a node takes it, and keeps its hash alone", async () => {
    const { code, out } = await keys(["add", "Anna's PC".replace("'", "_")]);
    expect(code).toBe(0);
    expect(parseEnrollKey(out)).toBe(out);
    expect(out).toHaveLength(43);
    expect(await readFile(file, "utf8")).not.toContain(out);
  });

  it("lists names and times, and says what has expired", async () => {
    await keys(["add", "for ever"]);
    await keys(["add", "short", "--days", "2"], { now: DAY });
    const { out } = await keys(["list"], { now: 3 * DAY });
    expect(out.split("\n")).toEqual([
      "NAME      MADE        TAKEN UNTIL",
      "for ever  1970-01-01  it is revoked",
      "short     1970-01-02  1970-01-04 (expired)",
    ]);
    expect((await keys(["list"], { now: 3 * DAY - 1 })).out).not.toContain("expired");
  });

  it("revokes by name, and says so when there is no such name, or one already", async () => {
    await keys(["add", "one"]);
    expect(await keys(["add", "one"])).toMatchObject({ code: 1, out: "", remarks: /there is a key "one"/ });
    expect((await keys(["revoke", "one"])).code).toBe(0);
    const again = await keys(["revoke", "one"]);
    expect(again.code).toBe(1);
    expect(again.remarks).toContain('there is no key "one"');
    expect((await keys(["list"])).out).not.toContain("one");
  });

  it.each([
    [["ad", "x"]],
    [["add"]],
    [["add", "-x"]],
    [["add", "x".repeat(MAX_KEY_NAME_LENGTH + 1)]],
    [["add", "a\nb"]],
    [["add", "x", "--days"]],
    [["add", "x", "--days", "0"]],
    [["add", "x", "--days", "36501"]],
    [["add", "x", "--days", "1", "y"]],
    [["add", "x", "--weeks", "1"]],
    [["list", "x"]],
    [["revoke", "x", "y"]],
    [[]],
  ])("refuses %j", async (args) => {
    expect((await keys(args)).code).toBe(64);
    expect((await keys(["list"])).remarks).toContain("does not exist");
  });

  it("takes the longest name and the longest time", async () => {
    const name = "x".repeat(MAX_KEY_NAME_LENGTH);
    expect((await keys(["add", name, "--days", "36500"])).code).toBe(0);
  });

  it("says which variable names the file when none does", async () => {
    const { code, remarks } = await keys(["list"], { file: undefined });
    expect(code).toBe(78);
    expect(remarks).toContain("ORA_RELAY_ENROLL_KEYS_FILE");
  });
});

import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "#shared/config/settings.ts";
import { withEnvFile } from "./env-file.ts";

describe("the .env file", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "ora-env-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("adds what the environment does not say, and never overrules it", () => {
    writeFileSync(join(directory, ".env"), "ORA_RELAY_PORT=1\n# a note\nORA_RELAY_HOST='0.0.0.0'\n");
    expect(withEnvFile({ ORA_RELAY_PORT: "2" }, directory)).toEqual({
      ORA_RELAY_PORT: "2",
      ORA_RELAY_HOST: "0.0.0.0",
    });
  });

  it("is told of when there is one", () => {
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    withEnvFile({}, directory, print);
    expect(lines).toEqual([]);
    writeFileSync(join(directory, ".env"), "\ufeffA=1\n");
    expect(withEnvFile({}, directory, print)).toEqual({ A: "1" });
    expect(lines).toEqual([`settings from .env in ${directory}`]);
  });

  it.runIf(process.platform !== "win32")("that others can write is not believed", () => {
    const path = join(directory, ".env");
    writeFileSync(path, "A=1\n");
    chmodSync(path, 0o646);
    expect(() => withEnvFile({}, directory)).toThrow(`${path} can be changed by other users`);
  });

  it.runIf(process.getuid?.() === 0)("of another user is not believed", () => {
    const path = join(directory, ".env");
    writeFileSync(path, "A=1\n");
    chownSync(path, 12_345, 12_345);
    expect(() => withEnvFile({}, directory)).toThrow(`${path} belongs to another user`);
  });

  it("with a line that is none is refused", () => {
    writeFileSync(join(directory, ".env"), "A=1\nB\nC=2\n");
    expect(() => withEnvFile({}, directory)).toThrow(/^line 2 of /);
  });

  it("that cannot be read is a setting to mend, named", () => {
    mkdirSync(join(directory, ".env"));
    expect(() => withEnvFile({}, directory)).toThrow(ConfigError);
    expect(() => withEnvFile({}, directory)).toThrow(`${join(directory, ".env")} cannot be read (EISDIR)`);
  });

  it("may be missing", () => {
    expect(withEnvFile({ A: "1" }, directory)).toEqual({ A: "1" });
  });
});

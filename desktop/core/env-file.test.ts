import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

  it("that cannot be read is a setting to mend, named", () => {
    mkdirSync(join(directory, ".env"));
    expect(() => withEnvFile({}, directory)).toThrow(ConfigError);
    expect(() => withEnvFile({}, directory)).toThrow(`${join(directory, ".env")} cannot be read (EISDIR)`);
  });

  it("may be missing", () => {
    expect(withEnvFile({ A: "1" }, directory)).toEqual({ A: "1" });
  });
});

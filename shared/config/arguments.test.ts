import { describe, expect, it } from "vitest";
import { VERSION } from "#shared/protocol/version.ts";
import { readArguments } from "./arguments.ts";

const read = (...args: string[]) => readArguments(args, "ora-x", "how to use it");

describe("arguments", () => {
  it("are not needed", () => {
    expect(read()).toEqual({ kind: "run" });
  });

  it("may ask for help or the version", () => {
    for (const flag of ["--help", "-h"]) {
      expect(read(flag)).toEqual({ kind: "answer", text: "how to use it", exitCode: 0, isError: false });
    }
    expect(read("--version")).toMatchObject({ text: `ora-x ${VERSION}`, exitCode: 0, isError: false });
  });

  it.each([["--port"], ["start"], [""], ["--help", "me"]])("are an error when unknown: %j", (...args) => {
    expect(read(...args)).toMatchObject({ exitCode: 64, isError: true });
  });
});

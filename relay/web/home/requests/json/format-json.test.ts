import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatJson } from "./format-json.ts";

describe("JSON on lines of its own", () => {
  it("is what the engine would write, wherever that keeps what was written", () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: "binary" }), (json) => {
        const value: unknown = JSON.parse(json);
        expect(formatJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  it("changes nothing but white space", () => {
    expect(formatJson('{"b":1.0,"a":12345678901234567890,"a":"\\u0041{,}" ,"e":[ ]}')).toBe(
      '{\n  "b": 1.0,\n  "a": 12345678901234567890,\n  "a": "\\u0041{,}",\n  "e": []\n}',
    );
  });

  it("minds neither depth nor a long string", () => {
    const deep = `${"[".repeat(5_000)}1${"]".repeat(5_000)}`;
    expect(formatJson(deep).replace(/\s/g, "")).toBe(deep);
    const long = JSON.stringify("x\\".repeat(500_000));
    expect(formatJson(long)).toBe(long);
  });
});

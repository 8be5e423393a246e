import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestTarget } from "./path-policy.ts";

describe("paths to the local API", () => {
  it.each([
    "/",
    "/a/b?x=1&y=%20",
    "/a//b///",
    "/a/../b",
    "/a/./b/..",
    "/a%2Fb%2e%2e",
    "/..a/...",
    "/%E4%B8%AD",
    "/a;v=1/b",
    "/search?q=../../..&r=//x",
    "/a?b?c",
  ])("forwards %s as it is", (path) => {
    expect(requestTarget(path, "")).toBe(path);
    expect(requestTarget(path, "/base/v2")).toBe(`/base/v2${path}`);
  });

  it.each([
    ["nothing", ""],
    ["a path without a slash", "a"],
    ["the asterisk form", "*"],
    ["an absolute form", "http://127.0.0.1:22/"],
    ["an authority form", "internal:443"],
    ["two slashes", "//internal/x"],
    ["a slash and a backslash", "/\\internal/x"],
    ["a backslash anywhere", "/a\\..\\b"],
    ["a carriage return", "/a\rb"],
    ["a line feed", "/a HTTP/1.1\nHost: x"],
    ["a NUL", "/a\0"],
    ["another control", "/a\u0085b"],
    ["a fragment", "/a#b"],
    ["half a character", "/a\ud800"],
    ["dots that climb out", "/../x"],
    ["dots that climb out later", "/a/../../x"],
    ["dots at the end", "/.."],
    ["encoded dots", "/%2e%2E/x"],
    ["half-encoded dots", "/.%2e/x"],
    ["encoded slashes", "/a%2f..%2f..%2fx"],
    ["encoded backslashes", "/..%5cx"],
    ["one level that is encoded and two that are not", "/a%2fb/../../x"],
    ["double encoding", "/%252e%252e/x"],
    ["encoding without end", `/%${"25".repeat(6)}2e`],
    ["levels that are empty", "/a//../../x"],
    ["dots with a parameter", "/..;v=1/x"],
    ["dots with an encoded parameter", "/..%3bv=1/x"],
  ])("refuses %s", (_, path) => {
    expect(requestTarget(path, "/base")).toBeUndefined();
  });

  it.each([
    "/..%00/x",
    "/..%00.html",
    "/.%00./x",
    "/.%0a./x",
    "/..%09/x",
    "/..%20/x",
    "/%c0%ae%c0%ae/x",
    "/%c0%ae./x",
    "/%e0%80%ae%e0%80%ae/x",
    "/..%c0%afx",
    "/..%c1%9cx",
    "/..%ff/x",
    "/.%ff./x",
    "/%uff0e%uff0e/x",
    "/%u002e%u002e/x",
    "/\uff0e\uff0e/x",
    "/%ef%bc%8e%ef%bc%8e/x",
    "/%25ef%25bc%258e./x",
    "/\u2025/x",
    "/..\u2028/x",
    "/..\u200b/x",
    "/..%ef%bb%bf",
    "/..\uff0fx",
    "/..%3f/x",
    "/..%23/x",
    "/.../x",
    "/a/..%00/../x",
  ])("refuses %j under a base path, which some server could read as leaving it", (path) => {
    expect(requestTarget(path, "/base")).toBeUndefined();
    expect(requestTarget(`/a/b/c${path}`, "/base")).toBeDefined();
    expect(requestTarget(path, "")).toBeDefined();
  });

  it.each([
    "/100%25",
    "/caf%e9",
    "/%zz",
    "/a%20b/..c",
    "/日本",
    "/x%00y",
    "/a..",
    "/%c0%ae",
    "/.well-known/x",
  ])("takes %j for what it is under a base path", (path) =>
    expect(requestTarget(path, "/base")).toBeDefined(),
  );

  it("encodes what a request line cannot hold, as UTF-8", () => {
    expect(requestTarget("/käse platte?q=日本", "")).toBe("/k%C3%A4se%20platte?q=%E6%97%A5%E6%9C%AC");
  });

  it("never lets a path leave its base, however a URL parser reads it", () => {
    const piece = fc.constantFrom(
      "/",
      "..",
      ".",
      "%2e",
      "%2E",
      "%2f",
      "%5c",
      "\\",
      "a",
      ";",
      "?",
      "%25",
      "%",
      "//",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const target = requestTarget(`/${pieces.join("")}`, "/base");
        if (target === undefined) return;
        const parsed = new URL(target, "http://api.test");
        expect(parsed.host).toBe("api.test");
        expect(`${parsed.pathname}/`).toMatch(/^\/base\//);
        expect(decodeTwice(parsed.pathname)).toMatch(/^\/base\//);
      }),
      { numRuns: 2000 },
    );
  });

  it("answers any text at all with printable ASCII under the base, or not at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (path) => {
        const target = requestTarget(path, "/base");
        if (target !== undefined) expect(target).toMatch(/^\/base\/[\x21-\x7e]*$/);
        return true;
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (path) => {
        const target = requestTarget(`/${path}`, "/base");
        if (target !== undefined) expect(target).toMatch(/^\/base\/[\x21-\x7e]*$/);
      }),
    );
  });
});

/** What a server does that decodes first and then resolves dots with the URL rules. */
function decodeTwice(path: string): string {
  const decoded = path.replace(/%25/g, "%").replace(/%2f/gi, "/").replace(/%5c/gi, "/");
  return `${new URL(decoded.replace(/^\/+/, "/"), "http://api.test").pathname}/`;
}

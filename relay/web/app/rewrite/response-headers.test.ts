import { describe, expect, it } from "vitest";
import type { HeaderPair } from "./request-headers.ts";
import { shapeHeaders } from "./response-headers.ts";

const place = { origin: "https://x.example", aliases: ["http://127.0.0.1:8000"], basePath: "" };
const shim = {
  script: "https://x.example/~ora/shim.js",
  hash: "sha256-abc",
  calls: "https://x.example/~ora/",
};
const shape = (given: HeaderPair[], part: { isNavigation?: boolean; hasBody?: boolean } = {}) =>
  shapeHeaders(given, { place, shim, isNavigation: true, hasBody: true, ...part });
const value = (shaped: ReturnType<typeof shape>, name: string) =>
  shaped.headers.filter(([each]) => each === name).map(([, text]) => text);

describe("the headers that a page sees", () => {
  it.each([
    ["text/html", true],
    ["Text/HTML; charset=iso-8859-1", true],
    ["text/html; charset=utf-16le", false],
    ["application/xhtml+xml", false],
    ["text/plain", false],
  ])("%s is a page: %s", (type, isPage) => {
    expect(shape([["Content-Type", type]]).isPage).toBe(isPage);
  });

  it("are those of no page for data, downloads and answers without a body", () => {
    const html: HeaderPair = ["content-type", "text/html"];
    expect(shape([html], { isNavigation: false }).isPage).toBe(false);
    expect(shape([html], { hasBody: false }).isPage).toBe(false);
    expect(shape([html, ["content-disposition", "Attachment; filename=a.html"]]).isPage).toBe(false);
    expect(shape([html, ["content-disposition", "inline"]]).isPage).toBe(true);
  });

  it("lose the length and encoding of what is decoded, and keep them otherwise", () => {
    const given: HeaderPair[] = [
      ["content-encoding", "gzip"],
      ["content-length", "9"],
    ];
    expect(shape(given)).toMatchObject({
      decode: "gzip",
      headers: [["content-security-policy", "frame-ancestors 'self'"]],
    });
    expect(shape([["content-length", "9"]], { isNavigation: false }).headers).toEqual([
      ["content-length", "9"],
    ]);
    expect(shape([["content-encoding", "br"]]).decode).toBeUndefined();
    expect(shape(given, { hasBody: false, isNavigation: false }).headers).toEqual(given);
  });

  it("lead to addresses of this origin", () => {
    const shaped = shape([
      ["Location", "http://127.0.0.1:8000/a"],
      ["Refresh", "3; url=http://127.0.0.1:8000/b"],
    ]);
    expect(value(shaped, "location")).toEqual(["https://x.example/a"]);
    expect(value(shaped, "refresh")).toEqual(["3; url=https://x.example/b"]);
  });

  it("hold nothing that would reach past the tunnel", () => {
    const names = [
      "Set-Cookie",
      "X-Ora-Shim-Later",
      "Clear-Site-Data",
      "NEL",
      "Report-To",
      "Service-Worker-Allowed",
    ];
    expect(
      shape(
        names.map((name): HeaderPair => [name, "x"]),
        { isNavigation: false },
      ).headers,
    ).toEqual([]);
  });

  it("let the shim in, and tell its nonce", () => {
    const shaped = shape([["Content-Security-Policy", "script-src 'nonce-n'"]]);
    expect(shaped.nonce).toBe("n");
    expect(
      value(shape([["Content-Security-Policy", "script-src 'self'"]]), "content-security-policy"),
    ).toEqual([
      `script-src 'self'; script-src-elem 'self' ${shim.script}; worker-src 'self' ${shim.calls}`,
      "frame-ancestors 'self'",
    ]);
  });

  it("keep several of one name, and tell the worker where a form stood", () => {
    expect(
      shape(
        [
          ["Vary", "a"],
          ["vary", "b"],
        ],
        { isNavigation: false },
      ).headers,
    ).toEqual([
      ["vary", "a"],
      ["vary", "b"],
    ]);
    expect(value(shape([["Referrer-Policy", "no-referrer"]]), "referrer-policy")).toEqual(["same-origin"]);
    const usual = "no-referrer-when-downgrade";
    expect(value(shape([["Referrer-Policy", usual]]), "referrer-policy")).toEqual([usual]);
  });
});

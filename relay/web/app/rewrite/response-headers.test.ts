import { describe, expect, it } from "vitest";
import type { HeaderPair } from "./request-headers.ts";
import { shapeHeaders } from "./response-headers.ts";

/** A PC's own. */
const ORIGIN = `https://${"a".repeat(52)}.x.example`;
const place = { origin: `${ORIGIN}`, aliases: ["http://127.0.0.1:8000"], basePath: "" };
const shim = {
  script: `${ORIGIN}/~ora/shim.js`,
  hash: "sha256-abc",
  calls: `${ORIGIN}/~ora/`,
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
      headers: [["content-security-policy", "frame-ancestors 'self'; object-src data: blob:"]],
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
    expect(value(shaped, "location")).toEqual([`${ORIGIN}/a`]);
    expect(value(shaped, "refresh")).toEqual([`3; url=${ORIGIN}/b`]);
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
      "frame-ancestors 'self'; object-src data: blob:",
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

  it("let no window be opened where one origin serves the apps of all PCs", () => {
    const shared = { ...place, origin: "https://apps.example" };
    const of = (isNavigation: boolean, where: typeof place) =>
      shapeHeaders([["content-type", "text/html"]], { place: where, shim, isNavigation, hasBody: true });
    const policies = value(of(true, shared), "content-security-policy");
    expect(policies.some((policy) => policy.startsWith("sandbox "))).toBe(true);
    expect(policies.join()).not.toContain("popups");
    expect(policies.join()).toContain("allow-same-origin");
    expect(value(of(false, shared), "content-security-policy")).toEqual([]);
    expect(value(of(true, place), "content-security-policy").join()).not.toContain("sandbox");
  });
});

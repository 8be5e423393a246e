import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCookieDate } from "./cookie-date.ts";
import { defaultPath, pathMatches } from "./cookie-path.ts";
import { MAX_COOKIE_LENGTH, parseCookieText } from "./cookie-text.ts";

const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const parse = (text: string) => parseCookieText(text, NOW);

describe("a cookie as text", () => {
  it.each([
    ["a=b", "a", "b"],
    [" a = b ; Secure", "a", "b"],
    ["a=b=c", "a", "b=c"],
    ['a="b c"', "a", '"b c"'],
    ["a=", "a", ""],
    ["=b", "", "b"],
    ["b", "", "b"],
    ["\ta\t=\tb\t", "a", "b"],
    ["a=b, c=d", "a", "b, c=d"],
    ["é=ü", "é", "ü"],
  ])("is a name and a value: %j", (text, name, value) => {
    expect(parse(text)).toMatchObject({ name, value, path: undefined, domain: "", expiresAt: undefined });
  });

  it.each(["", " ", "=", ";", "; Path=/", "a=b\0", "a=b\r\nx: y", "a\x7f=b", "a=b; Path=/\x01"])(
    "is none: %j",
    (text) => {
      expect(parse(text)).toBeUndefined();
    },
  );

  it("has a name and a value of 4,096 characters together, and not one more", () => {
    expect(parse(`abc=${"x".repeat(MAX_COOKIE_LENGTH - 3)}`)).toBeDefined();
    expect(parse(`abc=${"x".repeat(MAX_COOKIE_LENGTH - 2)}`)).toBeUndefined();
  });

  it("has attributes in any case and order, of which the last one counts", () => {
    expect(
      parse("a=b; SECURE; httponly ; samesite=STRICT; Path=/1; path=/2; Domain=.Example.ORG"),
    ).toMatchObject({
      secure: true,
      httpOnly: true,
      sameSite: "strict",
      path: "/2",
      domain: "example.org",
    });
  });

  it.each([
    ["a=b; Path=", undefined],
    ["a=b; Path=x", undefined],
    ["a=b; Path=/x; Path=y", undefined],
    [`a=b; Path=/${"x".repeat(1_023)}`, `/${"x".repeat(1_023)}`],
    [`a=b; Path=/${"x".repeat(1_024)}`, undefined],
  ])("has the path that it names: %.20s", (text, path) => {
    expect(parse(text)?.path).toBe(path);
  });

  it.each([
    ["a=b; SameSite=None", "none"],
    ["a=b; SameSite=Lax", "lax"],
    ["a=b; SameSite=sometimes", "lax"],
    ["a=b; SameSite", "lax"],
    ["a=b", "lax"],
  ])("is sent by other sites as it says, or for links alone: %s", (text, sameSite) => {
    expect(parse(text)?.sameSite).toBe(sameSite);
  });

  it.each([
    ["a=b; Max-Age=60", NOW + 60_000],
    ["a=b; Max-Age=0", 0],
    ["a=b; Max-Age=-1", 0],
    ["a=b; Max-Age=1h", undefined],
    ["a=b; Max-Age=", undefined],
    ["a=b; Max-Age=60; Max-Age=never", NOW + 60_000],
    ["a=b; Expires=Fri, 02 Jan 2026 00:00:00 GMT", NOW + DAY_MS],
    ["a=b; Max-Age=60; Expires=Fri, 02 Jan 2026 00:00:00 GMT", NOW + 60_000],
    ["a=b; Expires=Thu, 01 Jan 1601 00:00:00 GMT", 0],
    ["a=b; Expires=soon", undefined],
    ["a=b; Max-Age=99999999999", NOW + 400 * DAY_MS],
    ["a=b; Expires=Fri, 31 Dec 9999 23:59:59 GMT", NOW + 400 * DAY_MS],
  ])("expires: %s", (text, expiresAt) => {
    expect(parse(text)?.expiresAt).toBe(expiresAt);
  });

  it("is never more than it says, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const cookie = parse(text);
        return cookie === undefined || cookie.name.length + cookie.value.length <= text.length;
      }),
    );
  });
});

describe("the date of a cookie", () => {
  it.each([
    ["Sun, 06 Nov 1994 08:49:37 GMT"],
    ["Sunday, 06-Nov-94 08:49:37 GMT"],
    ["Sun Nov  6 08:49:37 1994"],
    ["6 nov 1994 8:49:37"],
    ["1994 6th November 08:49:37"],
  ])("is read in every spelling: %s", (text) => {
    expect(parseCookieDate(text)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
  });

  it.each([
    ["Wed, 01 Jan 69 00:00:00 GMT", 2069],
    ["Thu, 01 Jan 70 00:00:00 GMT", 1970],
  ])("has a year of two digits: %s", (text, year) => {
    expect(new Date(parseCookieDate(text) ?? 0).getUTCFullYear()).toBe(year);
  });

  it.each([
    "",
    "tomorrow",
    "06 Nov 1994",
    "06 Nov 08:49:37",
    "30 Feb 2026 00:00:00",
    "32 Jan 2026 00:00:00",
    "00 Jan 2026 00:00:00",
    "01 Jan 1600 00:00:00",
    "01 Jan 2026 24:00:00",
    "01 Jan 2026 00:60:00",
    "01 Jan 2026 00:00:60",
    `01 Jan 2026 00:00:00${" ".repeat(300)}`,
  ])("is none: %.30s", (text) => {
    expect(parseCookieDate(text)).toBeUndefined();
  });
});

describe("the path of a cookie", () => {
  it.each([
    ["/", "/"],
    ["/a", "/"],
    ["/a/", "/a"],
    ["/a/b?c=/d/e", "/a"],
    ["", "/"],
    ["x/y", "/"],
  ])("is by default that of the request's folder: %s", (request, path) => {
    expect(defaultPath(request)).toBe(path);
  });

  it.each([
    ["/", "/", true],
    ["/", "/a/b", true],
    ["/a", "/a", true],
    ["/a", "/a/", true],
    ["/a", "/a/b", true],
    ["/a", "/a?b", true],
    ["/a/", "/a/b", true],
    ["/a/", "/a", false],
    ["/a", "/ab", false],
    ["/a", "/b?/a", false],
    ["/a/b", "/a", false],
  ])("%s goes with a request for %s: %s", (path, request, goes) => {
    expect(pathMatches(path, request)).toBe(goes);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  apiMessage,
  appMessage,
  cookieMessage,
  cookiesMessage,
  decodeApi,
  decodeApp,
  decodeCookies,
  decodeCookieWrites,
  MAX_COOKIE_PATH_LENGTH,
  MAX_COOKIE_TEXT_LENGTH,
  MAX_COOKIE_WRITES,
} from "./app-messages.ts";
import { appOrigin, appsTemplate, hasOriginPerNode } from "./app-origin.ts";

const app = { name: "studio", origins: ["http://127.0.0.1:8000", "http://[::1]:8000"], basePath: "/api" };
const list = { cookies: [{ name: "a", value: "1", path: "/", ttl: 9 }], seen: 3 };
const writes = { number: 4, writes: [{ text: "a=1", path: "/x" }] };

/** As it comes off the wire, with a field of a time to come. */
const received = (message: object): Record<string, unknown> => ({
  ...JSON.parse(JSON.stringify(message)),
  later: [1],
});

describe("a message about web apps", () => {
  it("is read as it was written, and what is not known of it is ignored", () => {
    expect(decodeApp(received(appMessage(app)))).toEqual(app);
    expect(decodeApi(received(apiMessage({ up: false, forSec: 7 })))).toEqual({ up: false, forSec: 7 });
    expect(decodeCookies(received(cookiesMessage(list)))).toEqual(list);
    expect(decodeCookieWrites(received(cookieMessage(writes)))).toEqual(writes);
  });

  it("may leave out what has a value by default", () => {
    expect(decodeApp({ name: "x", origins: ["http://a"] })?.basePath).toBe("");
    expect(decodeApi({ up: true })).toEqual({ up: true, forSec: 0 });
    expect(decodeCookies({ cookies: [] })).toEqual({ cookies: [], seen: 0 });
  });

  it.each([
    ["no name", { ...appMessage(app), name: 7 }],
    ["no origins", { ...appMessage(app), origins: [] }],
    ["no list of origins", { ...appMessage(app), origins: "http://a" }],
    ["a path", { ...appMessage(app), origins: ["http://a/b"] }],
    ["another scheme", { ...appMessage(app), origins: ["javascript:alert(1)"] }],
    ["too many origins", { ...appMessage(app), origins: Array(17).fill("http://a") }],
    ["a base path that ends with a slash", { ...appMessage(app), base_path: "/a/" }],
    ["a base path without a slash", { ...appMessage(app), base_path: "a" }],
  ])("that tells of an app is none with %s", (_, message) => {
    expect(decodeApp(message)).toBeUndefined();
  });

  it("has a name that is fit to be shown", () => {
    expect(decodeApp({ ...appMessage(app), name: "a\u202eb\n" })?.name).toBe("ab");
  });

  it.each([
    [{ up: "yes" }],
    [{ up: true, for: -1 }],
    [{ up: true, for: 1.5 }],
    [{ up: true, for: "1" }],
    [{}],
  ])("that tells of the API is none: %j", (message) => {
    expect(decodeApi(message)).toBeUndefined();
  });

  it.each([
    [{}],
    [{ cookies: "a" }],
    [{ cookies: [], seen: -1 }],
    [{ cookies: [{ name: "a", value: "1" }] }],
    [{ cookies: [{ name: "a", value: "1", path: "x" }] }],
    [{ cookies: [{ name: "a", value: 1, path: "/" }] }],
    [{ cookies: [{ name: "a", value: "1", path: "/", ttl: 0 }] }],
    [{ cookies: [null] }],
    [{ cookies: Array(1_001).fill({ name: "a", value: "1", path: "/" }) }],
  ])("that lists cookies is none: %.60j", (message) => {
    expect(decodeCookies(message)).toBeUndefined();
  });

  it("writes so many cookies, each so long, and not one more", () => {
    const longest = {
      text: "x".repeat(MAX_COOKIE_TEXT_LENGTH),
      path: `/${"x".repeat(MAX_COOKIE_PATH_LENGTH - 1)}`,
    };
    const most = Array(MAX_COOKIE_WRITES).fill(longest);
    expect(decodeCookieWrites({ number: 1, writes: most })?.writes.length).toBe(MAX_COOKIE_WRITES);
    const bad = [
      { number: 1, writes: [...most, longest] },
      { number: 1, writes: [{ ...longest, text: `${longest.text}x` }] },
      { number: 1, writes: [{ ...longest, path: `${longest.path}x` }] },
      { number: 1, writes: [{ text: "a=1", path: "x" }] },
      { number: 1, writes: [{ text: 7, path: "/" }] },
      { number: 0, writes: [] },
      { number: 1 },
      { writes: [] },
    ];
    for (const message of bad) expect(decodeCookieWrites(message)).toBeUndefined();
  });

  it("is never more than it should be, whatever comes", () => {
    const key = fc.constantFrom(
      "name",
      "origins",
      "base_path",
      "up",
      "for",
      "cookies",
      "seen",
      "number",
      "writes",
    );
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), (message) => {
        for (const decode of [decodeApp, decodeApi, decodeCookies, decodeCookieWrites]) decode(message);
      }),
    );
  });
});

describe("where a relay serves web apps", () => {
  it.each([
    "https://*.relay.example",
    "http://*.localhost:9010",
    "https://apps.example",
    "http://127.0.0.1:9011",
  ])("is an origin, or one for each PC: %s", (template) => {
    expect(appsTemplate(template)).toBe(template);
  });

  it.each([
    "https://*.relay.example/",
    "https://relay.*.example",
    "https://*",
    "https://*.",
    "https://a*.example",
    "https://user@relay.example",
    "https://RELAY.example",
    "https://*.relay.example:99999",
    "javascript:alert(1)",
    "//relay.example",
    "https://relay.example?x",
    `https://*.${"a".repeat(300)}`,
    7,
    undefined,
  ])("is nothing else: %s", (value) => {
    expect(appsTemplate(value)).toBeUndefined();
  });

  it("is for a PC what its id makes of it", () => {
    expect(appOrigin("https://*.relay.example", "abc")).toBe("https://abc.relay.example");
    expect(appOrigin("https://apps.example", "abc")).toBe("https://apps.example");
    expect(hasOriginPerNode("https://*.relay.example")).toBe(true);
    expect(hasOriginPerNode("https://apps.example")).toBe(false);
  });
});

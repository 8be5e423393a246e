import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_PAYLOAD_BYTES } from "#shared/mux/inner-frame.ts";
import { encodeControl } from "#shared/mux/payloads.ts";
import { cookiesMessage } from "#shared/protocol/v2/app-messages.ts";
import { CookieJar, MAX_COOKIES, MAX_JAR_BYTES, type RequestPlace } from "./cookie-jar.ts";
import { asBytes, readableCookies } from "./readable-cookies.ts";

const HERE: RequestPlace = { path: "/", site: "same-site" };
const LINK: RequestPlace = { path: "/", site: "cross-site-link" };
const ELSEWHERE: RequestPlace = { path: "/", site: "cross-site" };

function jarAt(start = 1_000_000) {
  const time = { now: start };
  const jar = new CookieJar({ now: () => time.now, hosts: ["127.0.0.1", "localhost", "pc.example.org"] });
  const names = () => jar.list().map(({ name }) => name);
  const readable = () => readableCookies(jar.list(), time.now);
  return { time, jar, names, readable };
}

describe("a jar", () => {
  it("sends what was set, in the order of browsers: longer paths first, then the older one", () => {
    const { jar } = jarAt();
    for (const text of ["a=1", "b=2", "c=3; Path=/x/y", "d=4; Path=/x"]) jar.take(text, HERE);
    expect(jar.header({ ...HERE, path: "/x/y/z" })).toBe("c=3; d=4; a=1; b=2");
    expect(jar.header({ ...HERE, path: "/x" })).toBe("d=4; a=1; b=2");
    expect(jar.header(HERE)).toBe("a=1; b=2");
  });

  it("keeps the place of a cookie that is set again, and one for each path", () => {
    const { jar } = jarAt();
    for (const text of ["a=1", "b=2", "a=3"]) jar.take(text, HERE);
    jar.take("a=4", { ...HERE, path: "/x/" });
    expect(jar.header({ ...HERE, path: "/x/" })).toBe("a=4; a=3; b=2");
  });

  it("sends a cookie without a name as its value alone", () => {
    const { jar } = jarAt();
    jar.take("lonely", HERE);
    expect(jar.header(HERE)).toBe("lonely");
  });

  it("sends nothing when there is nothing to send", () => {
    const { jar } = jarAt();
    expect(jar.header(HERE)).toBeUndefined();
    jar.take("a=1; Path=/x", HERE);
    expect(jar.header(HERE)).toBeUndefined();
  });

  it("forgets a cookie at its time, and not a moment before, and at once when it is set as expired", () => {
    const { jar, time, names } = jarAt();
    jar.take("a=1; Max-Age=10", HERE);
    jar.take("b=1", HERE);
    time.now += 9_999;
    expect(names()).toEqual(["a", "b"]);
    time.now += 1;
    expect(jar.header(HERE)).toBe("b=1");
    jar.take("b=; Max-Age=0", HERE);
    expect(names()).toEqual([]);
  });

  it.each([
    ["a=1; Domain=localhost", true],
    ["a=1; Domain=127.0.0.1", true],
    ["a=1; Domain=.example.org", true],
    ["a=1; Domain=", true],
    ["a=1; Domain=0.0.1", false],
    ["a=1; Domain=ample.org", false],
    ["a=1; Domain=www.pc.example.org", false],
    ["a=1; Domain=relay.example", false],
  ])("takes cookies for its own server alone: %s %s", (text, isTaken) => {
    const { jar, names } = jarAt();
    jar.take(text, HERE);
    expect(names()).toEqual(isTaken ? ["a"] : []);
  });

  it.each([
    ["__Secure-a=1", false],
    ["__Secure-a=1; Secure", true],
    ["__secure-a=1", false],
    ["__Host-a=1; Secure", false],
    ["__Host-a=1; Secure; Path=/", true],
    ["__Host-a=1; Secure; Path=/x", false],
    ["__Host-a=1; Path=/", false],
    ["__Host-a=1; Secure; Path=/; Domain=localhost", false],
    ["=__Host-a; Secure; Path=/", false],
    ["a=1; SameSite=None", false],
    ["a=1; SameSite=None; Secure", true],
  ])("holds a name to what it promises: %s %s", (text, isTaken) => {
    const { jar } = jarAt();
    jar.take(text, HERE);
    expect(jar.list().length).toBe(isTaken ? 1 : 0);
  });

  it("sends to a request from another site what says so, and to a link what does not forbid it", () => {
    const { jar } = jarAt();
    for (const text of ["s=1; SameSite=Strict", "l=1; SameSite=Lax", "d=1", "n=1; SameSite=None; Secure"])
      jar.take(text, HERE);
    expect(jar.header(HERE)).toBe("s=1; l=1; d=1; n=1");
    expect(jar.header(LINK)).toBe("l=1; d=1; n=1");
    expect(jar.header(ELSEWHERE)).toBe("n=1");
  });

  it("takes from an answer to another site what is meant for it, and from a link everything", () => {
    const { jar, names } = jarAt();
    for (const text of ["s=1; SameSite=Strict", "d=1", "n=1; SameSite=None; Secure"])
      jar.take(text, ELSEWHERE);
    expect(names()).toEqual(["n"]);
    jar.take("s=1; SameSite=Strict", LINK);
    expect(names()).toEqual(["n", "s"]);
  });
});

describe("scripts", () => {
  it("write cookies as the page's own, whatever domain they name", () => {
    const { jar } = jarAt();
    jar.write("a=1", "/x/page");
    jar.write("b=2; Path=/; Domain=abc.relay.example", "/x/page");
    expect(jar.header({ ...HERE, path: "/x/other" })).toBe("a=1; b=2");
    jar.write("b=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "/");
    expect(jar.header({ ...HERE, path: "/x/other" })).toBe("a=1");
  });

  it("neither read, write, overwrite nor remove an HttpOnly cookie", () => {
    const { jar, readable } = jarAt();
    jar.take("sid=secret; HttpOnly; Path=/", HERE);
    for (const text of ["sid=mine; Path=/", "sid=; Path=/; Max-Age=0", "own=1; HttpOnly"])
      jar.write(text, "/");
    expect(readable()).toEqual([]);
    expect(jar.header(HERE)).toBe("sid=secret");
  });

  it("push no HttpOnly cookie out, by number or by size", () => {
    const { jar, time } = jarAt();
    jar.take("sid=secret; HttpOnly", HERE);
    for (let i = 0; i < 2 * MAX_COOKIES; i += 1) {
      time.now += 1;
      jar.write(`c${i}=1`, "/");
    }
    expect(jar.list().length).toBe(MAX_COOKIES);
    for (let i = 0; i < 8; i += 1) jar.write(`big${i}=${"x".repeat(4_000)}`, "/");
    expect(jar.header(HERE)).toContain("sid=secret");
  });

  it("read text where the server sent UTF-8, and write it as such", () => {
    const { jar, readable } = jarAt();
    jar.take(`city=${asBytes("東京")}`, HERE);
    expect(readable()).toEqual([{ name: "city", value: "東京", path: "/" }]);
    jar.write(asBytes("city=大阪"), "/");
    expect(jar.header(HERE)).toBe(`city=${asBytes("大阪")}`);
    jar.take("broken=\xff", HERE);
    expect(readable()[1]?.value).toBe("\ufffd");
  });

  it("see how long a cookie lasts, in seconds", () => {
    const { jar, time, readable } = jarAt();
    jar.take("a=1; Max-Age=60", HERE);
    time.now += 500;
    expect(readable()).toEqual([{ name: "a", value: "1", path: "/", ttl: 60 }]);
  });
});

describe("the bounds of a jar", () => {
  it("keep its number, and the one that was not used for longest makes room", () => {
    const { jar, names } = jarAt();
    for (let i = 0; i < MAX_COOKIES; i += 1) jar.take(`c${i}=1; Path=/${i}`, HERE);
    expect(names().length).toBe(MAX_COOKIES);
    jar.header({ ...HERE, path: "/0" });
    jar.take("one=more", HERE);
    expect(names().length).toBe(MAX_COOKIES);
    expect(names()).not.toContain("c1");
    expect(names()).toEqual(expect.arrayContaining(["c0", "c2", "one"]));
  });

  it("keep its size, and one more byte makes room", () => {
    const { jar, names } = jarAt();
    const quarter = MAX_JAR_BYTES / 4;
    // Name, value and path together.
    for (const name of ["a", "b", "c", "d"]) jar.take(`${name}=${"x".repeat(quarter - 2)}`, HERE);
    expect(names()).toEqual(["a", "b", "c", "d"]);
    jar.take("e=", HERE);
    expect(names()).toEqual(["b", "c", "d", "e"]);
  });

  it("keep what scripts may read within one CONTROL message, whatever stands in it", () => {
    const { jar, time } = jarAt();
    const worst = ['"', "\\", "\t", "\xff", "x"];
    for (const character of worst) {
      for (let i = 0; i < MAX_COOKIES; i += 1) {
        const room = Math.floor(MAX_JAR_BYTES / MAX_COOKIES) - 5;
        jar.take(`c${i}=.${character.repeat(room - 2)}.; Max-Age=99999999`, HERE);
      }
      expect(jar.list().length).toBe(MAX_COOKIES);
      const message = cookiesMessage({ cookies: readableCookies(jar.list(), time.now), seen: 1e15 });
      expect(encodeControl(message).length).toBeLessThan(MAX_PAYLOAD_BYTES);
    }
  });

  it("hold whatever comes", () => {
    const texts = fc.tuple(fc.boolean(), fc.string({ unit: "grapheme-ascii", maxLength: 30 }), fc.nat(4_000));
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 150 }), (all) => {
        const { jar } = jarAt();
        for (const [byScript, text, size] of all) {
          const long = text.replace(";", `${"x".repeat(size)};`);
          if (byScript) jar.write(long, "/a/b");
          else jar.take(long, HERE);
        }
        const list = jar.list();
        const bytes = list.reduce((sum, { name, value, path }) => sum + (name + value + path).length, 0);
        return list.length <= MAX_COOKIES && bytes <= MAX_JAR_BYTES;
      }),
      { numRuns: 40 },
    );
  });
});

describe("the versions of a jar", () => {
  it("rise with what is worth keeping, and with what scripts may read", () => {
    const { jar, time } = jarAt();
    const versions = () => [jar.version, jar.readableVersion];
    jar.take("a=1; Max-Age=5", HERE);
    expect(versions()).toEqual([1, 1]);
    jar.take("sid=1; HttpOnly", HERE);
    expect(versions()).toEqual([2, 1]);
    jar.take("a=1; Max-Age=5", HERE);
    jar.header(HERE);
    expect(versions()).toEqual([2, 1]);
    time.now += 5_000;
    jar.list();
    // Whoever was told of it was told for how long.
    expect(versions()).toEqual([3, 1]);
  });

  it("rise when a readable cookie becomes an HttpOnly one", () => {
    const { jar } = jarAt();
    jar.take("a=1", HERE);
    const before = jar.readableVersion;
    jar.take("a=1; HttpOnly", HERE);
    expect(jar.readableVersion).toBeGreaterThan(before);
  });
});

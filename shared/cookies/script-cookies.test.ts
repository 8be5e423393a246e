import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CookieJar } from "./cookie-jar.ts";
import { asBytes, readableCookies } from "./readable-cookies.ts";
import { ScriptCookies } from "./script-cookies.ts";

function copyAt(start = 1_000_000) {
  const time = { now: start };
  return { time, copy: new ScriptCookies(() => time.now) };
}

describe("the copy that scripts read", () => {
  it("is what the jar's list says, for the page's path", () => {
    const { copy } = copyAt();
    copy.replace([
      { name: "a", value: "1", path: "/" },
      { name: "b", value: "2", path: "/x" },
      { name: "", value: "3", path: "/" },
    ]);
    expect(copy.text("/")).toBe("a=1; 3");
    expect(copy.text("/x/y")).toBe("b=2; a=1; 3");
  });

  it("lets a cookie go at its time, and not a moment before", () => {
    const { copy, time } = copyAt();
    copy.replace([{ name: "a", value: "1", path: "/", ttl: 10 }]);
    time.now += 9_999;
    expect(copy.text("/")).toBe("a=1");
    expect(copy.list()).toEqual([{ name: "a", value: "1", path: "/", ttl: 1 }]);
    time.now += 1;
    expect(copy.text("/")).toBe("");
    expect(copy.list()).toEqual([]);
  });

  it("shows at once what a script wrote, and not what no script may write", () => {
    const { copy } = copyAt();
    expect(copy.write("a=1", "/x/page")).toBe(true);
    expect(copy.text("/x/other")).toBe("a=1");
    expect(copy.write("a=; Max-Age=-1", "/x/page")).toBe(true);
    for (const text of ["", "b=1; HttpOnly", "c=1; SameSite=None", "__Host-d=1"]) {
      expect(copy.write(text, "/x/page")).toBe(false);
    }
    expect(copy.text("/x/page")).toBe("");
  });

  it("is what the jar comes to when scripts alone write", () => {
    const part = fc.constantFrom(
      "a",
      "b",
      "=1",
      "=2",
      "; Path=/x",
      "; Max-Age=0",
      "; Max-Age=9",
      "; Secure",
      "é",
    );
    const text = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(""));
    const writes = fc.array(fc.tuple(text, fc.constantFrom("/", "/x/y")), { maxLength: 20 });
    fc.assert(
      fc.property(writes, (all) => {
        const { copy, time } = copyAt();
        const jar = new CookieJar({ now: () => time.now, hosts: [] });
        for (const [written, path] of all) {
          copy.write(written, path);
          jar.write(asBytes(written), path);
        }
        expect(copy.list()).toEqual(readableCookies(jar.list(), time.now));
      }),
    );
  });
});

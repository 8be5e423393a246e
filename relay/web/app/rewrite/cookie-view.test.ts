import { describe, expect, it } from "vitest";
import { afterWrite, cookieText } from "./cookie-view.ts";

const NOW = 1_000_000;
const write = (texts: string[], page = "/a/b") =>
  texts.reduce((list: ReturnType<typeof afterWrite>, text) => afterWrite(list, text, page, NOW), []);
const seen = (texts: string[], page = "/a/b") => cookieText(write(texts, page), page, NOW);

describe("what document.cookie shows", () => {
  it.each([
    [["a=1", "b=2"], "a=1; b=2"],
    [["a=1", "a=2"], "a=2"],
    [["a = 1 ; Path=/"], "a=1"],
    [["a=1=2"], "a=1=2"],
    [["alone"], "alone"],
    [[""], ""],
    [["a=1", "a=; max-age=0"], ""],
    [["a=1", "a=; expires=Thu, 01 Jan 1970 00:00:00 GMT"], ""],
    [["a=1; max-age=10; expires=Thu, 01 Jan 1970 00:00:00 GMT"], "a=1"],
    [["a=1; HttpOnly"], ""],
    [["a=1; path=/other"], ""],
    [["a=root; path=/", "a=deep; path=/a/b"], "a=deep; a=root"],
    [["a=1; path=nonsense"], "a=1"],
  ])("after %j: %s", (texts, text) => {
    expect(seen(texts)).toBe(text);
  });

  it("depends on the page's path and on time", () => {
    const list = [
      { name: "a", value: "1", path: "/a" },
      { name: "b", value: "2", path: "/", expiresAt: NOW + 1 },
    ];
    expect(cookieText(list, "/a", NOW)).toBe("a=1; b=2");
    expect(cookieText(list, "/a/", NOW)).toBe("a=1; b=2");
    expect(cookieText(list, "/ab", NOW)).toBe("b=2");
    expect(cookieText(list, "/a", NOW + 1)).toBe("a=1");
  });

  it("takes a page's folder for the path", () => {
    expect(write(["a=1"], "/dir/page")).toEqual([{ name: "a", value: "1", path: "/dir" }]);
    expect(write(["a=1"], "/page")).toEqual([{ name: "a", value: "1", path: "/" }]);
  });
});

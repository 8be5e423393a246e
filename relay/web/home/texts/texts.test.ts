import { describe, expect, it } from "vitest";
import { english } from "./en.ts";
import { japanese } from "./ja.ts";
import { browserLanguage } from "./language.ts";

/** Every text with its place; functions are called with plain words. */
function texts(part: unknown, place = ""): [place: string, text: string][] {
  if (typeof part === "string") return [[place, part]];
  if (typeof part === "function") return [[place, String(part("1", "2"))]];
  return Object.entries(part ?? {}).flatMap(([key, inner]) => texts(inner, `${place}.${key}`));
}

describe("the texts of the home page", () => {
  it("have the same places in both languages, and none is empty", () => {
    expect(texts(japanese).map(([place]) => place)).toEqual(texts(english).map(([place]) => place));
    for (const [place, text] of [...texts(english), ...texts(japanese)])
      expect(text.trim(), place).not.toBe("");
  });

  it("are Japanese but for names", () => {
    const latin = texts(japanese).filter(([, text]) => !/[\p{sc=Hira}\p{sc=Kana}\p{sc=Han}]/u.test(text));
    expect(latin.map(([place]) => place)).toEqual([
      ".locale",
      ".title",
      ".hops.pc",
      ".footer.languages.en",
      ".footer.version",
      ".deviceNames.iphone",
      ".deviceNames.ipad",
      ".deviceNames.mac",
      ".deviceNames.windows",
      ".deviceNames.linux",
    ]);
  });

  it("speak of nothing that only engineers know", () => {
    for (const [place, text] of texts(english)) {
      expect(text, place).not.toMatch(/\b(nodes?|sockets?|tunnels?|handshakes?|endpoint|v[12]|session)\b/i);
    }
  });
});

describe("the browser's languages", () => {
  it.each([
    [["ja-JP", "en"], "ja"],
    [["de", "ja"], "ja"],
    [["en-GB", "ja"], "en"],
    [["fr"], "en"],
    [[], "en"],
  ] as const)("%s choose %s", (preferred, expected) => {
    expect(browserLanguage(preferred)).toBe(expected);
  });
});

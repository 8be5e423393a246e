import { describe, expect, it } from "vitest";
import { requestsTexts } from "./texts.ts";

/** Every text with its place; functions are called with plain words. */
function texts(part: unknown, place = ""): [place: string, text: string][] {
  if (typeof part === "string") return [[place, part]];
  if (typeof part === "function") return [[place, String(part("<1>", "<2>", "<3>"))]];
  return Object.entries(part ?? {}).flatMap(([key, inner]) => texts(inner, `${place}.${key}`));
}

const english = texts(requestsTexts("en"));
const japanese = texts(requestsTexts("ja"));
const given = (text: string) => (text.match(/<\d>/g) ?? []).sort();

describe("the texts of the API client", () => {
  it("have the same places and use the same values in both languages", () => {
    const other = new Map(japanese);
    expect(other.size).toBe(english.length);
    for (const [place, text] of english) expect(given(other.get(place) ?? ""), place).toEqual(given(text));
  });

  it("are never empty, and Japanese ones are Japanese but for names", () => {
    for (const [place, text] of [...english, ...japanese]) expect(text.trim(), place).not.toBe("");
    const latin = japanese.filter(([, text]) => !/[\p{sc=Hira}\p{sc=Kana}\p{sc=Han}]/u.test(text));
    expect(latin.map(([place]) => place)).toEqual([".locale", ".bodyKinds.json", ".chosenFile", ".hops.pc"]);
  });

  it("speak of nothing that only engineers know, beyond HTTP itself", () => {
    for (const [place, text] of english) {
      expect(text, place).not.toMatch(/\b(nodes?|sockets?|tunnels?|handshakes?|endpoint|v[12])\b/i);
    }
  });
});

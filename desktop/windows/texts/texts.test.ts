import { describe, expect, it } from "vitest";
import { english } from "./english.ts";
import { japanese } from "./japanese.ts";

/** Every text with its place, `pairing.copyLink`; functions are called with plain words. */
function texts(part: unknown, place = ""): [place: string, text: string][] {
  if (typeof part === "string") return [[place, part]];
  if (typeof part === "function") return [[place, String(part("1", "2", "3"))]];
  return Object.entries(part ?? {}).flatMap(([key, inner]) => texts(inner, `${place}.${key}`));
}

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe("the texts", () => {
  it("have the same places and the same placeholders in both languages", () => {
    const other = new Map(texts(japanese));
    for (const [place, text] of texts(english)) {
      expect(placeholders(other.get(place) ?? ""), place).toEqual(placeholders(text));
    }
    expect(other.size).toBe(texts(english).length);
  });

  it("are never empty, and Japanese ones are Japanese but for names and examples", () => {
    const latin = texts(japanese).filter(([, text]) => !/[\p{sc=Hira}\p{sc=Kana}\p{sc=Han}]/u.test(text));
    expect(latin.map(([place]) => place).sort()).toEqual([
      ".activity.bytes",
      ".activity.filterHint",
      ".activity.webSocket",
      ".general.hops.pc",
      ".general.locale",
      ".general.status",
      ".settings.app.languages.en",
      ".settings.relay.hops.tls",
    ]);
    for (const [place, text] of [...texts(english), ...texts(japanese)])
      expect(text.trim(), place).not.toBe("");
  });

  it("speak of nothing that only engineers know", () => {
    for (const [place, text] of texts(english)) {
      expect(text, place).not.toMatch(/\b(nodes?|sockets?|tunnels?|handshakes?|endpoint|v[12])\b/i);
    }
  });
});

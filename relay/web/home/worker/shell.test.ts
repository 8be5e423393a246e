import { expect, it } from "vitest";
import { isPage, shellAddresses } from "./shell.ts";

const SCOPE = "https://relay.example/base/";

it("the shell is the page and its own files, wherever the relay stands", () => {
  expect([...shellAddresses(["./", "assets/home-1A2B3C4D.js"], SCOPE)]).toEqual([
    SCOPE,
    `${SCOPE}assets/home-1A2B3C4D.js`,
  ]);
});

it("the worker answers for the page alone, whatever its query, and for nothing below it", () => {
  expect(isPage(SCOPE, SCOPE)).toBe(true);
  expect(isPage(`${SCOPE}?source=pwa`, SCOPE)).toBe(true);
  for (const path of ["health", "api/pair", "ws/client", "index.html/", "~ora/boot"]) {
    expect(isPage(SCOPE + path, SCOPE)).toBe(false);
  }
  expect(isPage("https://other.example/base/", SCOPE)).toBe(false);
});

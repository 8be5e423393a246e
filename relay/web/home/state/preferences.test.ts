import { expect, it } from "vitest";
import { createPreferences } from "./preferences.ts";

function storage(items: Map<string, string>): Storage {
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  } as Storage;
}

it("choices are there again when the page is opened again", () => {
  const items = new Map<string, string>();
  createPreferences(() => storage(items)).setLanguage("ja");
  expect(createPreferences(() => storage(items)).language).toBe("ja");
});

it("choices hold for the tab where the browser keeps nothing", () => {
  const preferences = createPreferences(() => {
    throw new DOMException("no", "SecurityError");
  });
  expect(preferences.language).toBeUndefined();
  preferences.setLanguage("ja");
  preferences.setDeviceName("x".repeat(65));
  expect(preferences.language).toBe("ja");
  expect(preferences.deviceName).toBe("x".repeat(64));
});

it("a stored language that there are no texts for is none", () => {
  expect(createPreferences(() => storage(new Map([["ora-language", "tlh"]]))).language).toBeUndefined();
});

/**
 * Every text of the home page, by language; only the language in force is loaded. A text that one language has and the
 * other lacks does not compile.
 */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Worded } from "#shared/looks/worded.ts";
import type { EnglishTexts } from "./en.ts";
import type { Language } from "./language.ts";

export type Texts = Worded<EnglishTexts>;

/** Rejects when the file could not be loaded. */
export async function loadTexts(language: Language): Promise<Texts> {
  switch (language) {
    case "en":
      return (await import("./en.ts")).english;
    case "ja":
      return (await import("./ja.ts")).japanese;
  }
}

export const TextsContext = createContext<Texts | undefined>(undefined);

/** The texts of the language in force, for every component below. */
export function useTexts(): Texts {
  const texts = useContext(TextsContext);
  if (texts === undefined) throw new Error("drawn outside the page");
  return texts;
}

/** The texts of the language in force, for every component below. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { english } from "../texts/english.ts";
import type { Texts } from "../texts/texts.ts";

export const TextsContext = createContext<Texts>(english);

export function useTexts(): Texts {
  return useContext(TextsContext);
}

/** Every text of the windows, by language. A text that one language has and the other lacks does not compile. */
import type { Worded } from "#shared/looks/worded.ts";
import type { Language } from "../contract/status-view.ts";
import { type EnglishTexts, english } from "./english.ts";
import { japanese } from "./japanese.ts";

export type Texts = Worded<EnglishTexts>;

const LANGUAGES: Readonly<Record<Language, Texts>> = { en: english, ja: japanese };

export function textsFor(language: Language): Texts {
  return LANGUAGES[language];
}

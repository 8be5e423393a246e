/** Every text of the API client, by language. It is a table of its own, because it is loaded when the client is. */
import type { Worded } from "#shared/looks/worded.ts";
import type { Language } from "../../texts/language.ts";
import { type EnglishTexts, english } from "./english.ts";
import { japanese } from "./japanese.ts";

export type RequestsTexts = Worded<EnglishTexts>;

const LANGUAGES: Readonly<Record<Language, RequestsTexts>> = { en: english, ja: japanese };

export function requestsTexts(language: Language): RequestsTexts {
  return LANGUAGES[language];
}

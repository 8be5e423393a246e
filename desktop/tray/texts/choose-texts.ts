/** The language of the app: the owner's choice, or the first of the system's that there is a translation for. */
import type { Language } from "../../windows/contract/status-view.ts";
import { en } from "./en.ts";
import { ja } from "./ja.ts";
import type { TrayTexts } from "./texts.ts";

const TEXTS: Readonly<Record<Language, TrayTexts>> = { en, ja };

/** `preferred` as the system lists its languages, best first (`ja-JP`, `en`). */
export function chooseLanguage(choice: "system" | Language, preferred: readonly string[]): Language {
  if (choice !== "system") return choice;
  for (const name of preferred) {
    const language = name.toLowerCase().split(/[-_]/)[0];
    if (language === "en" || language === "ja") return language;
  }
  return "en";
}

export function textsIn(language: Language): TrayTexts {
  return TEXTS[language];
}

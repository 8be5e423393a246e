/** What the pages of an app's origin say that are ours: one table for each language, of the same type. */
import type { Hop } from "#shared/client/problem.ts";
import { browserLanguage, type Language } from "../../home/texts/language.ts";
import { EN } from "./en.ts";
import { JA } from "./ja.ts";

export interface AppTexts {
  readonly language: Language;
  /** `name` is what the PC calls itself. */
  readonly problem: Readonly<Record<Hop | "asleep", (name: string) => { title: string; advice: string }>>;
  readonly tryAgain: string;
  readonly login: (name: string) => string;
  readonly loginWrong: string;
  readonly userName: string;
  readonly password: string;
  readonly send: string;
  readonly crossSite: string;
  readonly crossSiteAdvice: string;
  readonly boot: {
    readonly opening: string;
    readonly pairing: string;
    readonly notPaired: string;
    readonly notPairedAdvice: string;
    readonly revoked: (name: string) => string;
    readonly revokedAdvice: string;
    readonly failed: string;
    /** `code` is for support. */
    readonly failedAdvice: (code: string) => string;
    readonly noRoom: string;
    readonly noRoomAdvice: string;
    readonly noWorker: string;
    readonly noWorkerAdvice: string;
    readonly noStorage: string;
    readonly noStorageAdvice: string;
    readonly otherPc: (name: string) => string;
    readonly otherPcAdvice: string;
    /** What was to make room has not gone. */
    readonly othersOpen: string;
    readonly othersOpenAdvice: string;
    readonly replace: string;
    readonly keep: string;
    readonly home: string;
  };
}

const TABLES: Readonly<Record<Language, AppTexts>> = { en: EN, ja: JA };

export function textsFor(languages: readonly string[]): AppTexts {
  return TABLES[browserLanguage(languages)];
}

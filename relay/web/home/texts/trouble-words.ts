/** The words for why a pairing came to nothing, wherever in the texts they stand. */
import type { PairTrouble } from "../view/pair-trouble.ts";
import type { Texts } from "./texts.ts";

export interface TroubleWords {
  readonly title: string;
  readonly advice: string;
}

export function troubleWords(trouble: PairTrouble, texts: Texts): TroubleWords {
  const words: Readonly<Record<PairTrouble, TroubleWords>> = { ...texts.trouble, ...texts.pairTrouble };
  return words[trouble];
}

/** The page's language and its texts, which are loaded when somebody wants them. */
import type { Language } from "../texts/language.ts";
import { loadTexts, type Texts } from "../texts/texts.ts";

export class ChosenLanguage {
  private readonly changed: () => void;
  language: Language;
  texts: Texts;

  /** The language in force at the start, and its texts. */
  constructor(start: { readonly language: Language; readonly texts: Texts }, changed: () => void) {
    this.language = start.language;
    this.texts = start.texts;
    this.changed = changed;
  }

  /** Resolves with whether it is spoken now. */
  async choose(language: Language): Promise<boolean> {
    try {
      this.texts = await loadTexts(language);
      this.language = language;
      return true;
    } catch {
      // The texts did not load: the page stays in its language, and the choice shows that.
      return false;
    } finally {
      this.changed();
    }
  }
}

/** The end of the list: which relay this is, what it can see, and the page's language. */

import { useId } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { VERSION } from "#shared/protocol/version.ts";
import { LANGUAGES, type Language } from "../texts/language.ts";
import { useTexts } from "../texts/texts.ts";
import { useActs } from "../view/home-acts.ts";

export interface FooterProps {
  readonly relayHost: string;
  readonly language: Language;
  readonly canInstall: boolean;
}

export function Footer({ relayHost, language, canInstall }: FooterProps) {
  const { footer } = useTexts();
  const acts = useActs();
  const id = useId();
  return (
    <footer class="footer">
      {canInstall && <Button press={() => acts.install()}>{footer.install}</Button>}
      <p>
        <strong>{footer.relay(relayHost)}</strong> {footer.blind}
      </p>
      <div class="language">
        <label for={id}>{footer.language}</label>
        <select
          id={id}
          class="input"
          value={language}
          onChange={({ currentTarget }) => {
            const chosen = LANGUAGES.find((known) => known === currentTarget.value);
            if (chosen !== undefined) acts.setLanguage(chosen);
          }}
        >
          {LANGUAGES.map((known) => (
            <option key={known} value={known} lang={known}>
              {footer.languages[known]}
            </option>
          ))}
        </select>
      </div>
      <p class="support">{footer.version(VERSION)}</p>
    </footer>
  );
}

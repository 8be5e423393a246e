/** Where settings rest cannot be reached, or holds something unreadable: said plainly, before anything is typed. */

import { visible } from "#shared/looks/shorten-middle.ts";
import type { SettingsView } from "../contract/settings-view.ts";
import { useTexts } from "../dom/texts-context.ts";

export function StoreProblems({ view }: { readonly view: SettingsView }) {
  const { settings } = useTexts();
  const { keychain, damaged } = view;
  return (
    <>
      {keychain !== "ready" && (
        <section class="panel panel-warn" role="alert">
          <p>
            <strong>{settings.keychain[keychain]}</strong> {settings.keychainAdvice[keychain]}
          </p>
        </section>
      )}
      {damaged.length > 0 && (
        <section class="panel panel-warn">
          <p>
            <strong>{settings.damaged}</strong>
          </p>
          <p class="support">{visible(damaged.join(", "))}</p>
        </section>
      )}
    </>
  );
}

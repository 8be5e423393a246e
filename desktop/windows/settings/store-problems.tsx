/** Where settings rest cannot be reached, or holds something unreadable: said plainly, before anything is typed. */

import { Button } from "#shared/looks/button.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import { useTexts } from "../dom/texts-context.ts";
import type { SectionProps } from "./section-props.ts";

export function StoreProblems({ view, ora }: Omit<SectionProps, "open">) {
  const { settings, general } = useTexts();
  const { keychain, damaged } = view;
  return (
    <>
      {keychain !== "ready" && (
        <section class="panel panel-warn" role="alert">
          <p>
            <strong>{settings.keychain[keychain]}</strong> {settings.keychainAdvice[keychain]}
          </p>
          <div>
            <Button press={() => void ora.tryNow()}>{general.remedies.try_now}</Button>
          </div>
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

/** The code for clients that cannot encrypt, in a place of its own, so that nobody takes it for the other one. */

import { timeLeft } from "#shared/looks/format.ts";
import { CopyButton } from "../components/copy-button.tsx";
import type { OraBridge } from "../contract/bridge.ts";
import type { Expiring } from "../contract/pairing-view.ts";
import { useTexts } from "../dom/texts-context.ts";
import { spelled } from "../view/pairing-scene.ts";

export interface PlaintextCodeProps {
  readonly offer: Expiring<string>;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly ora: OraBridge;
}

export function PlaintextCode({ offer, now, ora }: PlaintextCodeProps) {
  const { pairing } = useTexts();
  return (
    <section class="panel panel-warn plaintext-code" aria-labelledby="plaintext-title">
      <h2 id="plaintext-title" class="warn-label">
        {pairing.plaintextTitle}
      </h2>
      <p class="small muted">{pairing.plaintextText}</p>
      <div class="row">
        <p class="row-main mono">
          <span class="unseen">{pairing.code(spelled(offer.value))}</span>
          <span aria-hidden="true">{offer.value}</span>{" "}
          <span class="small muted">{timeLeft(offer.expiresAt - now)}</span>
        </p>
        <CopyButton copy={() => ora.copyCode({ which: "plaintext" })}>{pairing.copyCode}</CopyButton>
      </div>
    </section>
  );
}

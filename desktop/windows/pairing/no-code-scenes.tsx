/** Why there is no code: the screen is locked, the relay has not taken one yet, or there is no connection. */

import { Mark } from "#shared/looks/mark.tsx";
import { StatusChain } from "../components/chain.tsx";
import { StatusWords } from "../components/status-words.tsx";
import { TimeRing } from "../components/time-ring.tsx";
import { useTexts } from "../dom/texts-context.ts";
import { carryOut, type SceneProps } from "./scene-props.ts";

const RING_PX = 272;
const MARK_PX = 104;

export function HiddenScene() {
  const { pairing } = useTexts();
  return (
    <div class="pairing-scene">
      <TimeRing size={RING_PX} />
      <div class="pairing-words">
        <p>
          <strong>{pairing.hiddenTitle}</strong>
        </p>
        <p class="muted">{pairing.hiddenAdvice}</p>
      </div>
    </div>
  );
}

export function NoCodeScene() {
  const { pairing } = useTexts();
  return (
    <div class="pairing-scene">
      <div class="ring-place">
        <Mark state="connecting" size={MARK_PX} />
      </div>
      <div class="pairing-words">
        <p>
          <strong>{pairing.noCodeTitle}</strong>
        </p>
        <p class="muted">{pairing.noCodeAdvice}</p>
      </div>
    </div>
  );
}

export function OfflineScene({ view, now, ora }: SceneProps) {
  return (
    <div class="pairing-scene">
      <div class="ring-place">
        <Mark state={view.status.ring} size={MARK_PX} />
      </div>
      <StatusChain status={view.status} />
      <StatusWords primary status={view.status} now={now} remedy={(remedy) => carryOut(ora, remedy)} />
    </div>
  );
}

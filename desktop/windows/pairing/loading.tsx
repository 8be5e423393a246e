/** What stands there before the first view: the ring's track, and room for what comes. */
import { TimeRing } from "../components/time-ring.tsx";
import { useTexts } from "../dom/texts-context.ts";

const RING_PX = 272;

export function LoadingPairing() {
  const { general, pairing } = useTexts();
  return (
    <main class="pairing" aria-busy="true">
      <header class="pairing-head">
        <h1>{pairing.title}</h1>
      </header>
      <TimeRing size={RING_PX} />
      <div class="skeleton skeleton-code" />
      <p class="muted pairing-words">{general.loading}</p>
    </main>
  );
}

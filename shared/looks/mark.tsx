/** The four shapes of the ring, as on the tray icon. The words beside it say the same. */
import { RING_OUTLINES } from "./ring-outlines.ts";
import type { RingState } from "./ring-state.ts";

export function Mark({ state, size }: { readonly state: RingState; readonly size: number }) {
  return (
    <svg class={`mark mark-${state}`} viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <path d={RING_OUTLINES[state]} />
    </svg>
  );
}

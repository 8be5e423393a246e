/** The four shapes of the ring, as on the tray icon. The words beside it say the same. */
import type { RingState } from "./ring-state.ts";

/** Drawn by assets/draw.ts; the same outlines as assets/app/mark-*.svg. */
const OUTLINES: Readonly<Record<RingState, string>> = {
  connected:
    "M30 16A14 14 0 0 1 2 16A14 14 0 0 1 30 16ZM26 16A10 10 0 0 0 6 16A10 10 0 0 0 26 16ZM21 16A5 5 0 0 1 11 16A5 5 0 0 1 21 16Z",
  connecting:
    "M29.856 18A14 14 0 0 1 24.66 27L22.631 23.485A10 10 0 0 0 25.798 18ZM21.196 29A14 14 0 0 1 10.804 29L12.833 25.485A10 10 0 0 0 19.167 25.485ZM7.34 27A14 14 0 0 1 2.144 18L6.202 18A10 10 0 0 0 9.369 23.485ZM2.144 14A14 14 0 0 1 7.34 5L9.369 8.515A10 10 0 0 0 6.202 14ZM10.804 3A14 14 0 0 1 21.196 3L19.167 6.515A10 10 0 0 0 12.833 6.515ZM24.66 5A14 14 0 0 1 29.856 14L25.798 14A10 10 0 0 0 22.631 8.515Z",
  attention:
    "M29.416 20A14 14 0 0 1 3.211 21.697A14 14 0 0 1 22 3.351L22 8A10 10 0 0 0 6.331 18.55A10 10 0 0 0 25.165 20ZM26 0L30 0L30 10L26 10ZM26 12L30 12L30 16L26 16Z",
  paused:
    "M30 16A14 14 0 0 1 2 16A14 14 0 0 1 30 16ZM28 16A12 12 0 0 0 4 16A12 12 0 0 0 28 16ZM10 10L14 10L14 22L10 22ZM18 10L22 10L22 22L18 22Z",
};

export function Mark({ state, size }: { readonly state: RingState; readonly size: number }) {
  return (
    <svg class={`mark mark-${state}`} viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <path d={OUTLINES[state]} />
    </svg>
  );
}

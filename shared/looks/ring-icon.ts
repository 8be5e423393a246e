/** The ring as the icon of a tab: a picture in an address, so that nothing has to be fetched for it. */
import { RING_OUTLINES } from "./ring-outlines.ts";
import type { RingState } from "./ring-state.ts";

/** Tabs are light or dark as the system is; as in tokens.css. */
const COLOURS: Readonly<Record<RingState, readonly [light: string, dark: string]>> = {
  connected: ["#0b6e5f", "#5fd3bc"],
  connecting: ["#1b1d22", "#edebe6"],
  attention: ["#b3261e", "#ff8a80"],
  paused: ["#1b1d22", "#edebe6"],
};

/** A `data:` address; a page's policy has to allow `img-src data:`. */
export function ringIcon(state: RingState): string {
  const [light, dark] = COLOURS[state];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><style>path{fill:${light}}@media(prefers-color-scheme:dark){path{fill:${dark}}}</style><path d="${RING_OUTLINES[state]}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

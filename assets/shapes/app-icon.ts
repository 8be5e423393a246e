/**
 * The app's own icon: the closed ring with its dot, white on a plate of the accent colour. The plate differs
 * by where it is shown; the ring is laid out on the pixel grid of each size.
 */
import { ACCENT, ON_ACCENT } from "./colours.ts";
import { type Outline, plate, rectangle } from "./outline.ts";
import { ringWithDot } from "./state-mark.ts";
import type { Picture } from "./svg.ts";

/**
 * `full`: to the edges, round corners (Windows, Linux, web). `mac`: smaller, in the margin that Apple's
 * template keeps. `bleed`: a plain square for systems that cut the shape themselves (iOS, maskable icons);
 * the ring stays inside the inner 80 % that is never cut off.
 */
export type Plate = "full" | "mac" | "bleed";

const MAC_INSET = 100 / 1024;
const CORNER = 0.225;

function ground(kind: Plate, size: number, inset: number): Outline {
  if (kind === "bleed") return rectangle(0, 0, size, size);
  return plate(size, inset, Math.round((size - 2 * inset) * CORNER));
}

/** The icon at `size` pixels (even). */
export function appIcon(kind: Plate, size: number): Picture {
  const inset = kind === "mac" ? Math.floor(size * MAC_INSET) : 0;
  const outer = Math.round((size - 2 * inset) * 0.34 + 0.25);
  const inner = outer - Math.max(2, Math.round(outer * 0.29));
  const centre = { x: size / 2, y: size / 2 };
  return {
    size,
    layers: [
      { fill: ACCENT.light, outlines: [ground(kind, size, inset)] },
      { fill: ON_ACCENT, outlines: ringWithDot(centre, outer, inner) },
    ],
  };
}

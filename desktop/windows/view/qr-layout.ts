/** How large a QR code of so many modules is drawn: at least 3 px a module, with its quiet zone, in a ring that holds it. */

/** ISO/IEC 18004: four modules of white on each side. */
export const QUIET_ZONE = 4;
export const MIN_MODULE_PX = 3;
const MAX_MODULE_PX = 6;
/** What the square may measure while modules can still choose their size. CSS pixels. */
const COMFORTABLE_PX = 196;
/** Between the square's corners and the ring's inner edge, and the ring itself. */
const ROOM_PX = 18;

export interface QrLayout {
  readonly modulePx: number;
  /** The white square's side. */
  readonly side: number;
  /** The diameter of a ring around it. */
  readonly ring: number;
}

export function qrLayout(modules: number): QrLayout {
  const across = modules + 2 * QUIET_ZONE;
  const fitting = Math.floor(COMFORTABLE_PX / across);
  const modulePx = Math.min(MAX_MODULE_PX, Math.max(MIN_MODULE_PX, fitting));
  const side = across * modulePx;
  return { modulePx, side, ring: Math.ceil(side * Math.SQRT2) + ROOM_PX };
}

/**
 * The one idea of the icons, the ring, in its four states: closed with a dot, broken into dashes, open with
 * an exclamation mark in the gap, thin with two bars. Each size is laid out anew on its own pixel grid
 * (sides, bars and cuts fall on whole pixels), because a scaled icon is a blurred one. Size must be even.
 */
import { circle, type Outline, type Point, rectangle, ring, ringPiece } from "./outline.ts";

export const STATES = ["connected", "connecting", "attention", "paused"] as const;
export type State = (typeof STATES)[number];

/** Measures in whole pixels; radii too, since size is even and the centre lies on the grid. */
type Grid = {
  readonly centre: Point;
  readonly outer: number;
  readonly inner: number;
  readonly stroke: number;
};

function grid(size: number): Grid {
  const margin = Math.max(1, Math.floor(size / 16));
  const stroke = Math.round(size / 8);
  const outer = size / 2 - margin;
  return { centre: { x: size / 2, y: size / 2 }, outer, inner: outer - stroke, stroke };
}

/** A closed ring and a dot in its middle. */
export function ringWithDot(centre: Point, outer: number, inner: number): Outline[] {
  return [...ring(centre, outer, inner), circle(centre, Math.round(inner * 0.45))];
}

/** Six dashes, one at the top and one at the bottom; each gap has parallel sides and an even width. */
function dashes({ centre, outer, inner, stroke }: Grid): Outline[] {
  const half = Math.round(stroke / 2);
  const turn = Math.PI / 3;
  return Array.from({ length: 6 }, (_, i) => {
    const side = (radius: number) => ({
      radius,
      from: i * turn + Math.asin(half / radius),
      to: (i + 1) * turn - Math.asin(half / radius),
    });
    return ringPiece(centre, side(outer), side(inner));
  });
}

/**
 * The ring without its upper right part, and the mark that stands there: above the ring's right edge, from
 * the top of the square down to its middle.
 */
function openWithMark({ centre, outer, inner, stroke }: Grid): Outline[] {
  const gap = Math.max(1, Math.floor(stroke / 2));
  const clear = Math.round(stroke * 0.9);
  const left = centre.x + outer - stroke;
  const dot = centre.y - stroke;
  // The ring ends at a vertical line before the mark and at a horizontal one under it.
  const end = { x: outer - stroke - clear, y: clear };
  const side = (radius: number) => ({
    radius,
    from: Math.asin(end.y / radius),
    to: 2 * Math.PI - Math.acos(end.x / radius),
  });
  return [
    ringPiece(centre, side(outer), side(inner)),
    rectangle(left, 0, stroke, dot - gap),
    rectangle(left, dot, stroke, stroke),
  ];
}

/** A ring of half the weight around two bars. */
function thinWithBars({ centre, outer, stroke }: Grid): Outline[] {
  const gap = Math.round(stroke * 0.4);
  const tall = Math.round(outer * 0.43);
  return [
    ...ring(centre, outer, outer - stroke / 2),
    rectangle(centre.x - gap - stroke, centre.y - tall, stroke, 2 * tall),
    rectangle(centre.x + gap, centre.y - tall, stroke, 2 * tall),
  ];
}

/** The outlines of a state for a square of `size` pixels (even). */
export function stateMark(state: State, size: number): Outline[] {
  const measures = grid(size);
  switch (state) {
    case "connected":
      return ringWithDot(measures.centre, measures.outer, measures.inner);
    case "connecting":
      return dashes(measures);
    case "attention":
      return openWithMark(measures);
    case "paused":
      return thinWithBars(measures);
  }
}

/**
 * Closed outlines made of points and circular arcs, the only geometry the icons need. Each step is joined to
 * the next by a straight line, the last to the first. Coordinates are pixels, x to the right, y down; angles
 * are radians from the x axis, so a growing angle runs clockwise on the screen. Fill is non-zero: a hole is
 * an outline that runs the other way round.
 */

export type Point = { readonly x: number; readonly y: number };

export type Arc = {
  readonly centre: Point;
  readonly radius: number;
  readonly from: number;
  readonly to: number;
};

/** A corner, or an arc that is followed from its first to its last angle. */
export type Step = Point | Arc;
export type Outline = readonly Step[];

/** Where an arc is at `angle`. */
export function onArc({ centre, radius }: Arc, angle: number): Point {
  return { x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle) };
}

export function circle(centre: Point, radius: number): Outline {
  return [{ centre, radius, from: 0, to: 2 * Math.PI }];
}

/** The closed ring between two radii: the disc and its hole. */
export function ring(centre: Point, outer: number, inner: number): Outline[] {
  return [circle(centre, outer), [{ centre, radius: inner, from: 2 * Math.PI, to: 0 }]];
}

/**
 * A piece of a ring. The angles where it begins and ends may differ between the two radii: that is how an
 * end is cut along the pixel grid, or parallel to the other side of a gap, instead of towards the centre.
 */
export function ringPiece(
  centre: Point,
  outer: { readonly radius: number; readonly from: number; readonly to: number },
  inner: { readonly radius: number; readonly from: number; readonly to: number },
): Outline {
  return [
    { centre, ...outer },
    { centre, radius: inner.radius, from: inner.to, to: inner.from },
  ];
}

export function rectangle(left: number, top: number, width: number, height: number): Outline {
  const [right, bottom] = [left + width, top + height];
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

/** A square with round corners whose sides are `inset` away from those of a canvas of `size` pixels. */
export function plate(size: number, inset: number, radius: number): Outline {
  const [near, far] = [inset + radius, size - inset - radius];
  const corner = (x: number, y: number, from: number): Arc => ({
    centre: { x, y },
    radius,
    from,
    to: from + Math.PI / 2,
  });
  return [
    corner(near, near, Math.PI),
    corner(far, near, 1.5 * Math.PI),
    corner(far, far, 0),
    corner(near, far, Math.PI / 2),
  ];
}

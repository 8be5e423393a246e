/**
 * Pictures as pixels. Coverage is the exact area of the outline inside each pixel (arcs are followed to
 * within a thousandth of a pixel), so edges on the grid are perfectly sharp and the result is the same on
 * every machine: no browser, no native module. Outlines within a layer must not overlap.
 */
import { type Outline, onArc, type Point } from "./shapes/outline.ts";
import type { Layer, Picture } from "./shapes/svg.ts";

/** Straight (not premultiplied) RGBA, eight bits a channel, rows from top to bottom. */
export type Pixels = { readonly size: number; readonly rgba: Uint8Array };

const ARC_TOLERANCE_PX = 0.001;

function corners(outline: Outline): Point[] {
  return outline.flatMap((step) => {
    if (!("radius" in step)) return [step];
    const span = step.to - step.from;
    const count = Math.ceil(Math.abs(span) / Math.sqrt((8 * ARC_TOLERANCE_PX) / step.radius));
    return Array.from({ length: count + 1 }, (_, i) => onArc(step, step.from + (span * i) / count));
  });
}

/** Where the line from `a` to `b` crosses whole numbers of one coordinate, as fractions of the way. */
function crossings(a: number, b: number): number[] {
  const found: number[] = [];
  for (let whole = Math.floor(Math.min(a, b)) + 1; whole < Math.max(a, b); whole++) {
    found.push((whole - a) / (b - a));
  }
  return found;
}

/**
 * Adds one edge to the table of differences: after summing a row from the left, each pixel holds the signed
 * area that lies to the right of the edges.
 */
function addEdge(table: Float64Array, size: number, a: Point, b: Point): void {
  const stops = [0, ...crossings(a.x, b.x), ...crossings(a.y, b.y), 1].sort((one, other) => one - other);
  const along = (t: number): Point => ({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });
  for (const [i, stop] of stops.entries()) {
    const [start, end] = [along(stops[i - 1] ?? 0), along(stop)];
    const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
    const column = Math.floor(middle.x);
    const cell = Math.floor(middle.y) * (size + 1) + column;
    const height = end.y - start.y;
    const here = height * (column + 1 - middle.x);
    table[cell] = (table[cell] ?? 0) + here;
    table[cell + 1] = (table[cell + 1] ?? 0) + height - here;
  }
}

/** The part of each pixel that the outlines fill, 0 to 1. They must lie within the square. */
export function coverage(outlines: readonly Outline[], size: number): Float64Array {
  // One column more than there are pixels: an edge on the right side writes there, and nobody reads it.
  const table = new Float64Array((size + 1) * size + 1);
  for (const outline of outlines) {
    const points = corners(outline);
    for (const [i, point] of points.entries()) addEdge(table, size, points.at(i - 1) ?? point, point);
  }
  const filled = new Float64Array(size * size);
  for (let y = 0; y < size; y++) {
    let sum = 0;
    for (let x = 0; x < size; x++) {
      sum += table[y * (size + 1) + x] ?? 0;
      filled[y * size + x] = Math.min(1, Math.abs(sum));
    }
  }
  return filled;
}

function channels(fill: string): [number, number, number] {
  if (!/^#[0-9a-f]{6}$/i.test(fill)) throw new Error(`not a colour of the form #rrggbb: ${fill}`);
  const value = Number.parseInt(fill.slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

/** Puts a layer over what is there: `source over` of straight colours, kept as fractions until the end. */
function paintLayer(canvas: Float64Array, size: number, layer: Layer): void {
  const colour = channels(layer.fill);
  const filled = coverage(layer.outlines, size);
  for (let pixel = 0; pixel < filled.length; pixel++) {
    const alpha = filled[pixel] ?? 0;
    if (alpha === 0) continue;
    const below = canvas[pixel * 4 + 3] ?? 0;
    const result = alpha + below * (1 - alpha);
    for (let channel = 0; channel < 3; channel++) {
      const [value, old] = [colour[channel] ?? 0, canvas[pixel * 4 + channel] ?? 0];
      canvas[pixel * 4 + channel] = (value * alpha + old * below * (1 - alpha)) / result;
    }
    canvas[pixel * 4 + 3] = result;
  }
}

/** Draws a picture on a transparent ground. */
export function rasterise({ size, layers }: Picture): Pixels {
  const canvas = new Float64Array(size * size * 4);
  for (const layer of layers) paintLayer(canvas, size, layer);
  const rgba = new Uint8Array(canvas.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = Math.round((canvas[i + 3] ?? 0) * 255);
    // A pixel too faint for one level of alpha has no colour either: equal pictures are equal bytes.
    if (alpha === 0) continue;
    for (let channel = 0; channel < 3; channel++) rgba[i + channel] = Math.round(canvas[i + channel] ?? 0);
    rgba[i + 3] = alpha;
  }
  return { size, rgba };
}

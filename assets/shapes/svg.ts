/** Outlines as SVG text: one path a layer, three decimals, nothing that depends on ids or on the page. */
import { type Arc, type Outline, onArc, type Point, type Step } from "./outline.ts";

/** Outlines filled with one colour: `#rrggbb`, or `currentColor` for SVG alone. */
export type Layer = { readonly fill: string; readonly outlines: readonly Outline[] };

/** A square picture of `size` pixels, its layers from back to front. */
export type Picture = { readonly size: number; readonly layers: readonly Layer[] };

const text = (value: number) => String(Math.round(value * 1000) / 1000 || 0);
const at = ({ x, y }: Point) => `${text(x)} ${text(y)}`;

function arcTo(arc: Arc): string {
  const span = arc.to - arc.from;
  // SVG drops an arc that ends where it began: a turn of half a circle or more goes in two halves.
  const stops = Math.abs(span) < Math.PI ? [arc.to] : [arc.from + span / 2, arc.to];
  const radius = text(arc.radius);
  return stops.map((stop) => `A${radius} ${radius} 0 0 ${span > 0 ? 1 : 0} ${at(onArc(arc, stop))}`).join("");
}

function stepTo(step: Step, index: number): string {
  const move = index === 0 ? "M" : "L";
  return "radius" in step ? `${move}${at(onArc(step, step.from))}${arcTo(step)}` : `${move}${at(step)}`;
}

/** The `d` of a path element. */
export function pathData(outlines: readonly Outline[]): string {
  return outlines.map((outline) => `${outline.map(stepTo).join("")}Z`).join("");
}

/**
 * A whole SVG document. `head` is markup that goes before the paths, such as a style element. It is hidden from
 * screen readers: where a page shows it, words beside it say the same.
 */
export function svgText({ size, layers }: Picture, head = ""): string {
  const paths = layers.map(({ fill, outlines }) => `<path fill="${fill}" d="${pathData(outlines)}"/>`);
  const start = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" aria-hidden="true">`;
  return `${start}${head}${paths.join("")}</svg>\n`;
}

import { describe, expect, it } from "vitest";
import { coverage, rasterise } from "./raster.ts";
import { circle, plate, rectangle, ring } from "./shapes/outline.ts";

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

describe("the rasteriser", () => {
  it("fills whole pixels wholly and leaves the others alone", () => {
    expect([...coverage([rectangle(1, 0, 2, 2)], 3)]).toEqual([0, 1, 1, 0, 1, 1, 0, 0, 0]);
  });

  it("fills a canvas to its very edges", () => {
    expect([...coverage([rectangle(0, 0, 2, 2)], 2)]).toEqual([1, 1, 1, 1]);
  });

  it("gives a pixel the part of it that is inside", () => {
    const slanted = [
      { x: 0, y: 0 },
      { x: 2, y: 2 },
      { x: 0, y: 2 },
    ];
    expect([...coverage([slanted], 2)]).toEqual([0.5, 0, 1, 0.5]);
    expect([...coverage([rectangle(0.25, 0.5, 1, 1)], 2)]).toEqual([0.375, 0.125, 0.375, 0.125]);
  });

  it("agrees with the area of discs, rings and plates", () => {
    const centre = { x: 8, y: 8 };
    expect(total(coverage([circle(centre, 7)], 16))).toBeCloseTo(49 * Math.PI, 1);
    expect(total(coverage(ring(centre, 7, 5), 16))).toBeCloseTo(24 * Math.PI, 1);
    expect(total(coverage([plate(16, 1, 3)], 16))).toBeCloseTo(196 - (4 - Math.PI) * 9, 1);
  });

  it("agrees with counting points inside a disc, pixel by pixel", () => {
    const part = coverage([circle({ x: 3, y: 3 }, 2.5)], 6);
    for (const [pixel, value] of part.entries()) {
      let inside = 0;
      for (let point = 0; point < 4096; point++) {
        const x = (pixel % 6) + ((point % 64) + 0.5) / 64;
        const y = Math.floor(pixel / 6) + (Math.floor(point / 64) + 0.5) / 64;
        if (Math.hypot(x - 3, y - 3) < 2.5) inside++;
      }
      expect(Math.abs(value - inside / 4096)).toBeLessThan(0.005);
    }
  });

  it("puts layers over one another and keeps colours straight under half alpha", () => {
    const below = { fill: "#102030", outlines: [rectangle(0, 0, 1, 2)] };
    const above = { fill: "#ffffff", outlines: [rectangle(0, 0.5, 2, 1.5)] };
    expect([...rasterise({ size: 2, layers: [below, above] }).rgba]).toEqual([
      136, 144, 152, 255, 255, 255, 255, 128, 255, 255, 255, 255, 255, 255, 255, 255,
    ]);
  });

  it("refuses a colour it cannot paint", () => {
    const layers = [{ fill: "currentColor", outlines: [] }];
    expect(() => rasterise({ size: 2, layers })).toThrow("not a colour of the form #rrggbb: currentColor");
  });
});

import { describe, expect, it } from "vitest";
import { circle, plate, rectangle, ring } from "./outline.ts";
import { pathData, svgText } from "./svg.ts";

const centre = { x: 8, y: 8 };

describe("SVG text", () => {
  it("draws a disc as two half circles, since one arc cannot close on itself", () => {
    expect(pathData([circle(centre, 7)])).toBe("M15 8A7 7 0 0 1 1 8A7 7 0 0 1 15 8Z");
  });

  it("turns the hole of a ring the other way", () => {
    expect(pathData(ring(centre, 7, 5))).toBe(
      "M15 8A7 7 0 0 1 1 8A7 7 0 0 1 15 8ZM13 8A5 5 0 0 0 3 8A5 5 0 0 0 13 8Z",
    );
  });

  it("joins corners by lines and rounds to a thousandth", () => {
    expect(pathData([rectangle(0.12345, -0.0001, 1, 2)])).toBe("M0.123 0L1.123 0L1.123 2L0.123 2Z");
    expect(pathData([plate(8, 1, 2)])).toBe(
      "M1 3A2 2 0 0 1 3 1L5 1A2 2 0 0 1 7 3L7 5A2 2 0 0 1 5 7L3 7A2 2 0 0 1 1 5Z",
    );
  });

  it("writes a document with one path a layer", () => {
    const layers = [{ fill: "currentColor", outlines: [rectangle(0, 0, 1, 1)] }];
    expect(svgText({ size: 16, layers }, "<style></style>")).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" aria-hidden="true"><style></style><path fill="currentColor" d="M0 0L1 0L1 1L0 1Z"/></svg>\n',
    );
  });
});

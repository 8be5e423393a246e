import { describe, expect, it } from "vitest";
import { coverage } from "../raster.ts";
import { STATES, type State, stateMark } from "./state-mark.ts";

const SIZES = [16, 20, 22, 24, 28, 32, 40, 44, 48, 64];
const mask = (state: State, size: number) => coverage(stateMark(state, size), size);

/** The filled part of one row or column, as text: `#` full, `.` empty, `+` in between. */
function line(values: readonly number[]): string {
  return values.map((value) => (value > 0.999 ? "#" : value < 0.001 ? "." : "+")).join("");
}
const row = (part: Float64Array, size: number, y: number) =>
  line([...part.subarray(y * size, (y + 1) * size)]);
const column = (part: Float64Array, size: number, x: number) =>
  line([...part].filter((_, pixel) => pixel % size === x));

describe("the four states", () => {
  it("differ by shape alone at 16 pixels: at least 24 pixels are inked in one and empty in the other", () => {
    for (const [i, state] of STATES.entries()) {
      for (const other of STATES.slice(i + 1)) {
        const [one, two] = [mask(state, 16), mask(other, 16)];
        const apart = one.filter((value, pixel) => Math.abs(value - (two[pixel] ?? 0)) > 0.5).length;
        expect(apart, `${state} and ${other}`).toBeGreaterThanOrEqual(24);
      }
    }
  });

  it("have sharp bars, dots of the mark and cuts at every size", () => {
    for (const size of SIZES) {
      const stroke = Math.round(size / 8);
      const right = size - Math.max(1, Math.floor(size / 16));
      const attention = mask("attention", size);
      expect(column(attention, size, right - 1).slice(0, size / 2), `${size}`).toMatch(/^#+\.+#+$/);
      expect(row(attention, size, 0), `${size}`).toMatch(new RegExp(`^\\.+#{${stroke}}\\.+$`));
      const middle = row(mask("paused", size), size, size / 2);
      expect(middle, `${size}`).toMatch(new RegExp(`[.]#{${stroke}}\\.+#{${stroke}}[.]`));
    }
  });

  it("have rings whose sides lie on the grid: no soft row above the top, a full pixel in it", () => {
    for (const size of SIZES) {
      const margin = Math.max(1, Math.floor(size / 16));
      const down = column(mask("connected", size), size, size / 2);
      expect(down.slice(0, margin), `${size}`).toBe(".".repeat(margin));
      expect(down.slice(margin, margin + 2), `${size}`).toMatch(/[#+]#/);
    }
  });

  it("are the same from the left and from the right, but for the one that asks for attention", () => {
    for (const size of SIZES) {
      for (const state of STATES.filter((each) => each !== "attention")) {
        const part = mask(state, size);
        for (let y = 0; y < size; y++) {
          const text = row(part, size, y);
          expect([...text].reverse().join(""), `${state} ${size}`).toBe(text);
        }
      }
    }
  });

  it("keep apart what is apart: a clear pixel around the mark, between dashes and between bars", () => {
    for (const size of SIZES) {
      expect(row(mask("connecting", size), size, size / 2)[2]).toBe(".");
      expect(row(mask("paused", size), size, size / 2).slice(size / 2 - 1, size / 2 + 1)).toBe("..");
      const stroke = Math.round(size / 8);
      const left = size - Math.max(1, Math.floor(size / 16)) - stroke;
      expect(column(mask("attention", size), size, left - 1).slice(0, size / 2)).toBe(".".repeat(size / 2));
    }
  });
});

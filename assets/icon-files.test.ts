import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ICNS_ELEMENTS } from "./formats/icns.ts";
import { iconFiles } from "./icon-files.ts";
import type { Pixels } from "./raster.ts";
import { STATES } from "./shapes/state-mark.ts";
import { decodeIcns } from "./testing/decode-icns.ts";
import { decodeIco } from "./testing/decode-ico.ts";
import { decodePng } from "./testing/decode-png.ts";

const folder = dirname(fileURLToPath(import.meta.url));
const drawn = iconFiles();
const paths = [...drawn.keys()];

/** Every picture in a file; a failure to decode throws. */
function pictures(path: string, content: Uint8Array): Pixels[] {
  if (path.endsWith(".ico")) return decodeIco(content);
  if (path.endsWith(".icns")) return [...decodeIcns(content).values()];
  return [decodePng(content)];
}

/** What systems and packagers expect, written down apart from the code that draws it. */
const TRAY = STATES.flatMap((state) => [
  [`tray/mac/${state}Template.png`, [16]] as const,
  [`tray/mac/${state}Template@2x.png`, [32]] as const,
  ...["light", "dark"].flatMap((panel) => [
    [`tray/windows/${state}-${panel}.ico`, [16, 20, 24, 28, 32, 40, 48]] as const,
    ...[16, 22, 24, 32, 48].map((size) => [`tray/linux/${state}-${panel}-${size}.png`, [size]] as const),
  ]),
]);
const APP = [
  ["app/icon.png", [1024]],
  ["app/icon.ico", [16, 20, 24, 32, 40, 48, 64, 256]],
  ["app/icon.icns", ICNS_ELEMENTS.map(([, size]) => size)],
  ...[16, 24, 32, 48, 64, 128, 256, 512].map((size) => [`app/linux/${size}x${size}.png`, [size]] as const),
  ["app/web/icon-192.png", [192]],
  ["app/web/icon-512.png", [512]],
  ["app/web/maskable-512.png", [512]],
  ["app/web/apple-touch-icon.png", [180]],
] as const;
const SVG = ["app/favicon.svg", ...STATES.map((state) => `app/mark-${state}.svg`)];

describe("the icon files", () => {
  it("are there, all of them, and no others", async () => {
    const expected = [...TRAY, ...APP].map(([path]) => path);
    expect(paths.toSorted()).toEqual([...expected, ...SVG].toSorted());
    const entries = await Promise.all(
      ["tray", "app"].map((name) => readdir(join(folder, name), { recursive: true, withFileTypes: true })),
    );
    const committed = entries
      .flat()
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll("\\", "/"),
      );
    expect(committed.toSorted()).toEqual(paths.toSorted());
  });

  it.each([...TRAY, ...APP])("%s has the sizes %j", async (path, sizes) => {
    const found = pictures(path, await readFile(join(folder, path)));
    expect(found.map(({ size }) => size)).toEqual(sizes);
  });

  it("show what the shapes say: SVG to the letter, pixels to one level of rounding", async () => {
    for (const [path, content] of drawn) {
      const committed = await readFile(join(folder, path));
      if (path.endsWith(".svg")) {
        expect(committed.toString(), path).toBe(new TextDecoder().decode(content));
        continue;
      }
      const now = pictures(path, content);
      for (const [i, { rgba }] of pictures(path, committed).entries()) {
        const difference = rgba.reduce(
          (most, value, at) => Math.max(most, Math.abs(value - Number(now[i]?.rgba[at]))),
          0,
        );
        expect(difference, path).toBeLessThanOrEqual(1);
      }
    }
  });

  it("are the same bytes each time", () => {
    for (const [path, content] of iconFiles()) {
      expect(Buffer.compare(content, drawn.get(path) ?? new Uint8Array(0)), path).toBe(0);
    }
  });

  it("are black with alpha for macOS, which colours them itself", () => {
    for (const path of paths.filter((each) => each.startsWith("tray/mac/"))) {
      const { rgba } = decodePng(drawn.get(path) ?? new Uint8Array(0));
      expect(rgba.every((value, i) => i % 4 === 3 || value === 0)).toBe(true);
      expect(rgba.some((value, i) => i % 4 === 3 && value === 255)).toBe(true);
    }
  });

  it("leave no transparent pixel where the system cuts the shape itself", () => {
    for (const path of ["app/web/maskable-512.png", "app/web/apple-touch-icon.png"]) {
      const { rgba } = decodePng(drawn.get(path) ?? new Uint8Array(0));
      expect(rgba.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
    }
  });
});

/**
 * Every icon file of the project by its path below assets/: which shapes, sizes and colours each system
 * wants, and nothing about how they are drawn or stored.
 *
 * - `tray/mac/STATETemplate.png` and `@2x`: 16 points, black; the name makes macOS colour it.
 * - `tray/windows/STATE-light.ico`, `-dark.ico`: for a light and for a dark taskbar, one size for each scale
 *   from 100 % to 300 %.
 * - `tray/linux/STATE-light-22.png` and so on: by pixels, because Chromium hands the panel one bitmap, that of
 *   scale 1, so `@2x` names do nothing there; the app picks the size.
 * - `app/`: icon.ico, icon.icns, icon.png, `linux/SIZExSIZE.png` for packages, `web/` for an installed page,
 *   favicon.svg, and `mark-STATE.svg` in the colour of the text around it.
 */
import { encodeIcns } from "./formats/icns.ts";
import { encodeIco } from "./formats/ico.ts";
import { encodePng } from "./formats/png.ts";
import { rasterise } from "./raster.ts";
import { appIcon } from "./shapes/app-icon.ts";
import { ACCENT, INK, TEMPLATE_INK } from "./shapes/colours.ts";
import { STATES, type State, stateMark } from "./shapes/state-mark.ts";
import { type Picture, svgText } from "./shapes/svg.ts";

const PANELS = ["light", "dark"] as const;
const WINDOWS_TRAY_SIZES = [16, 20, 24, 28, 32, 40, 48];
const LINUX_TRAY_SIZES = [16, 22, 24, 32, 48];
const WINDOWS_APP_SIZES = [16, 20, 24, 32, 40, 48, 64, 256];
const LINUX_APP_SIZES = [16, 24, 32, 48, 64, 128, 256, 512];

/** SVG marks are laid out on this grid: sharp at 16, 32 and their multiples. */
const MARK_SIZE = 32;

type NamedFile = readonly [path: string, content: Uint8Array];

const inOneColour = (state: State, size: number, fill: string): Picture => ({
  size,
  layers: [{ fill, outlines: stateMark(state, size) }],
});
const png = (picture: Picture) => encodePng(rasterise(picture));
const ico = (pictures: readonly Picture[]) => encodeIco(pictures.map(rasterise));
const svg = (picture: Picture, head?: string) => new TextEncoder().encode(svgText(picture, head));

function trayFiles(state: State): NamedFile[] {
  const forPanel = (panel: (typeof PANELS)[number]): NamedFile[] => [
    [
      `tray/windows/${state}-${panel}.ico`,
      ico(WINDOWS_TRAY_SIZES.map((size) => inOneColour(state, size, INK[panel]))),
    ],
    ...LINUX_TRAY_SIZES.map(
      (size): NamedFile => [
        `tray/linux/${state}-${panel}-${size}.png`,
        png(inOneColour(state, size, INK[panel])),
      ],
    ),
  ];
  return [
    [`tray/mac/${state}Template.png`, png(inOneColour(state, 16, TEMPLATE_INK))],
    [`tray/mac/${state}Template@2x.png`, png(inOneColour(state, 32, TEMPLATE_INK))],
    ...PANELS.flatMap(forPanel),
    [`app/mark-${state}.svg`, svg(inOneColour(state, MARK_SIZE, "currentColor"))],
  ];
}

function appFiles(): NamedFile[] {
  const darkTab = `<style>@media(prefers-color-scheme:dark){path{fill:${ACCENT.dark}}}</style>`;
  return [
    ["app/icon.png", png(appIcon("full", 1024))],
    ["app/icon.ico", ico(WINDOWS_APP_SIZES.map((size) => appIcon("full", size)))],
    ["app/icon.icns", encodeIcns((size) => rasterise(appIcon("mac", size)))],
    ["app/favicon.svg", svg(inOneColour("connected", MARK_SIZE, ACCENT.light), darkTab)],
    ...LINUX_APP_SIZES.map(
      (size): NamedFile => [`app/linux/${size}x${size}.png`, png(appIcon("full", size))],
    ),
    ["app/web/icon-192.png", png(appIcon("full", 192))],
    ["app/web/icon-512.png", png(appIcon("full", 512))],
    ["app/web/maskable-512.png", png(appIcon("bleed", 512))],
    ["app/web/apple-touch-icon.png", png(appIcon("bleed", 180))],
  ];
}

/** Draws them all; the same bytes each time. */
export function iconFiles(): ReadonlyMap<string, Uint8Array> {
  return new Map([...STATES.flatMap(trayFiles), ...appFiles()]);
}

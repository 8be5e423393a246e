/** A QR code as SVG, on white with its quiet zone in dark mode too. */
import { create } from "qrcode";
import { type QrLayout, QUIET_ZONE } from "../view/qr-layout.ts";

export interface QrModules {
  /** Modules on a side. */
  readonly count: number;
  /** One SVG path, a horizontal run of dark modules at a time. */
  readonly path: string;
}

/** Upper-case parts of a pairing link take the alphanumeric mode, so the code stays small. */
export function qrModules(text: string): QrModules {
  const { modules } = create(text, { errorCorrectionLevel: "M" });
  const { size, data } = modules;
  const runs: string[] = [];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!data[y * size + x]) continue;
      const from = x;
      while (x < size && data[y * size + x]) x++;
      runs.push(`M${from + QUIET_ZONE} ${y + QUIET_ZONE}h${x - from}v1h${from - x}z`);
    }
  }
  return { count: size, path: runs.join("") };
}

export interface QrCodeProps {
  readonly modules: QrModules;
  readonly layout: QrLayout;
  readonly label: string;
}

export function QrCode({ modules, layout, label }: QrCodeProps) {
  const across = modules.count + 2 * QUIET_ZONE;
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      width={layout.side}
      height={layout.side}
      style={{ maxWidth: `${Math.ceil((1_000 * layout.side) / layout.ring) / 10}%` }}
      viewBox={`0 0 ${across} ${across}`}
      shape-rendering="crispEdges"
    >
      <rect class="qr-paper" width={across} height={across} />
      <path class="qr-module" d={modules.path} />
    </svg>
  );
}

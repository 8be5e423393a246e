/** Bytes as rows of offset, hexadecimal and ASCII. Eight to a row fit a phone of 320 px. */

export const BYTES_PER_ROW = 8;

export interface HexRow {
  readonly offset: string;
  readonly hex: string;
  /** Printable ASCII; a dot for everything else. */
  readonly ascii: string;
}

/** The rows of `bytes` from `from` up to `to`; `from` is a multiple of a row. */
export function hexRows(bytes: Uint8Array, from: number, to: number): HexRow[] {
  const digits = bytes.length > 0x10000 ? 6 : 4;
  const rows: HexRow[] = [];
  for (let at = from; at < Math.min(to, bytes.length); at += BYTES_PER_ROW) {
    const row = [...bytes.subarray(at, Math.min(at + BYTES_PER_ROW, to))];
    rows.push({
      offset: at.toString(16).padStart(digits, "0"),
      hex: row.map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
      ascii: row.map((byte) => (byte > 0x1f && byte < 0x7f ? String.fromCharCode(byte) : ".")).join(""),
    });
  }
  return rows;
}

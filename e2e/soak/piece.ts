/** A piece of the endless body of bulk.ts, and its hash. */
import { createHash } from "node:crypto";
import { bulkChunks } from "../support/bulk.ts";

export interface Piece {
  readonly from: number;
  readonly length: number;
}

/** sha256 in hex. */
export function pieceHash({ from, length }: Piece): string {
  const hash = createHash("sha256");
  for (const chunk of bulkChunks(from + length, from)) hash.update(chunk);
  return hash.digest("hex");
}

export const pieceQuery = ({ from, length }: Piece) => `from=${from}&length=${length}`;

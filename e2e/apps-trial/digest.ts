import { createHash } from "node:crypto";

/** To tell whether two files are the same. */
export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

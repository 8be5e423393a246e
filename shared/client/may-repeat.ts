/** When a request that failed without an answer may be sent once more without asking anybody. */
import type { StreamReset } from "#shared/mux/stream.ts";

const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/**
 * Whether it may: when the PC refused it untouched or has never seen it, or when doing it twice is the same as doing it
 * once. The caller has made sure that nothing of a body was given away.
 */
export function mayRepeat(
  { code }: StreamReset,
  wasSent: boolean,
  { method, hasBody }: { method: string; hasBody: boolean },
): boolean {
  if (code === "refused") return true;
  return code === "cut" && (!wasSent || (!hasBody && IDEMPOTENT.has(method)));
}

/**
 * What waits must not keep more memory than it counts for: a frame is often a small part of what was read with it, and
 * would hold all of that for as long as its own receiver is slow.
 */

/** `data`, or a copy of it that keeps nothing else. */
export function kept<Data extends string | Uint8Array>(data: Data): Data | Buffer {
  if (typeof data === "string" || 2 * data.length >= data.buffer.byteLength) return data;
  const copy = Buffer.allocUnsafeSlow(data.length);
  copy.set(data);
  return copy;
}

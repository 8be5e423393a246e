/**
 * The lengths a record's plaintext may have (protocol section 4): Padmé buckets, which hide all but the highest
 * bits of a length for at most 12 % of padding, never below 256 bytes or above 63,488.
 * Padmé: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019.
 */

export const MIN_RECORD_BYTES = 256;
export const MAX_RECORD_BYTES = 63_488;

/** The low bits that every bucket of this magnitude has at zero. */
function lowBits(length: number): number {
  const exponent = 31 - Math.clz32(length);
  return (1 << (exponent - (32 - Math.clz32(exponent)))) - 1;
}

/** The smallest bucket that holds `length` bytes (0 to 63,488). */
export function paddedLength(length: number): number {
  if (length <= MIN_RECORD_BYTES) return MIN_RECORD_BYTES;
  const low = lowBits(length);
  return (length + low) & ~low;
}

/** The largest bucket of at most `limit` bytes; 0 when even the smallest is above. */
export function bucketWithin(limit: number): number {
  if (limit < MIN_RECORD_BYTES) return 0;
  if (limit >= MAX_RECORD_BYTES) return MAX_RECORD_BYTES;
  return limit & ~lowBits(limit);
}

/** True for the lengths an honest record has. */
export function isBucket(length: number): boolean {
  return length <= MAX_RECORD_BYTES && length === paddedLength(length);
}

/** Comparison of secrets: its time tells the lengths, which are public, and nothing about where they differ. */

/** Whether two byte strings are equal. */
export function timingSafeEqual(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index++) {
    // The index is in range for both; `?? 0` only says so to the compiler.
    difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
  }
  return difference === 0;
}

/** Methods as people write them, `get, POST`, as the list a rule holds. */

/** Upper case, without doubles; empty for all. Undefined when a word cannot be a method. */
export function readMethods(text: string): string[] | undefined {
  const words = text
    .toUpperCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "" && word !== "*");
  return words.every((word) => /^[A-Z]{1,32}$/.test(word)) ? [...new Set(words)] : undefined;
}

/** Whether one release is newer than another, by semantic versioning's first three numbers. What is no version is not newer. */

const VERSION = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})$/;

/** `candidate` as plain `1.2.3`, when it is newer than `current`. Pre-releases never are. */
export function newerVersion(candidate: string, current: string): string | undefined {
  const there = VERSION.exec(candidate);
  const here = VERSION.exec(current);
  if (there === null || here === null) return undefined;
  for (let at = 1; at <= 3; at++) {
    const difference = Number(there[at]) - Number(here[at]);
    if (difference !== 0) return difference > 0 ? there.slice(1, 4).map(Number).join(".") : undefined;
  }
  return undefined;
}

/** What the desktop programs say with their exit code, by the numbers of sysexits where there is one. */
export const EXIT = {
  OK: 0,
  FAILED: 1,
  USAGE: 64,
  CONFIG: 78,
  INTERRUPTED: 130,
} as const;

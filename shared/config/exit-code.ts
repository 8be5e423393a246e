/** What every program of ours says with its exit code, by the numbers of sysexits where there is one. */
export const EXIT = {
  /** A clean end. */
  OK: 0,
  /** What was asked for could not be done, or something was found wrong. */
  FAILED: 1,
  /** Arguments that make no sense. */
  USAGE: 64,
  /** A setting or the keychain needs attention first: starting again would not help. */
  CONFIG: 78,
  /** A second signal cut a clean end short. */
  INTERRUPTED: 130,
} as const;

/** The moment at which every scene plays: a Tuesday afternoon. */
export const NOW = Date.UTC(2026, 2, 10, 13, 20, 0);
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/**
 * How things stand, for every window. The sentences come from the main process, which makes them of its `Standing` for
 * tooltip and menu too, in the language chosen: so windows and menu cannot disagree. Pages only add a button and the
 * seconds to the next attempt.
 */
import type { RingState } from "#shared/looks/ring-state.ts";

export type { RingState };

/** The chain: Phone - Relay - PC - App. */
export const HOPS = ["phone", "relay", "pc", "app"] as const;
export type Hop = (typeof HOPS)[number];

export interface StatusView {
  readonly ring: RingState;
  /** For support, in small print: a code, and a number or the system's error code. Never text from the relay. */
  readonly code: string;
  /** What is so: one sentence, shown bold. */
  readonly title: string;
  /** What to do: one sentence; empty when there is nothing to do. */
  readonly advice: string;
  /** Shown as a hollow diamond; what lies behind it is grey. */
  readonly brokenHop?: Hop;
  /** When the next attempt is made (ms since 1970). */
  readonly retryAt?: number;
  /** What the window offers to do about it. */
  readonly remedy?: "resume" | "try_now" | "relay_settings" | "api_settings" | "proxy_settings";
  /** What else is to be known, a sentence each. */
  readonly notes?: readonly string[];
}

export type Language = "en" | "ja";

/** What every window is told besides. */
export interface AppView {
  /** As chosen, or the system's. */
  readonly language: Language;
  readonly platform: "mac" | "windows" | "linux";
  /** The main process's clock when this was made, in ms since 1970: pages count on from here. */
  readonly now: number;
}

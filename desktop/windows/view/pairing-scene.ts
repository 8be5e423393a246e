/**
 * Which one scene the pairing window shows. Pure. A question comes before everything, because somebody waits; a locked
 * screen comes before codes; where there is nothing to show, the chain says why.
 */
import type { Expiring, PairedView, PairingView, QuestionView } from "../contract/pairing-view.ts";

export type PairingScene =
  | { readonly kind: "hidden" }
  | { readonly kind: "question"; readonly question: QuestionView; readonly othersWaiting: number }
  | { readonly kind: "paired"; readonly paired: PairedView }
  /** Connected, and the relay has not taken an offer yet. */
  | { readonly kind: "no_code" }
  /** No connection: the status says why. */
  | { readonly kind: "offline" }
  | { readonly kind: "code"; readonly code: ShownCode };

export interface ShownCode {
  readonly link: Expiring<string> | undefined;
  readonly typed: Expiring<string> | undefined;
  readonly guessesUsedUp: boolean;
}

/** How long the owner must have seen a question before Allow counts, so that no key pressed for something else does. */
export const SEEN_BEFORE_ALLOW_MS = 600;

export function pairingScene(view: PairingView, now: number): PairingScene {
  const [question, ...others] = view.questions.filter(({ expiresAt }) => expiresAt > now);
  if (question !== undefined && !view.hidden) {
    return { kind: "question", question, othersWaiting: others.length };
  }
  if (view.hidden) return { kind: "hidden" };
  const [paired] = view.paired;
  if (paired !== undefined) return { kind: "paired", paired };
  const link = alive(view.link, now);
  const typed = alive(view.typed, now);
  if (link !== undefined || typed !== undefined) {
    return { kind: "code", code: { link, typed, guessesUsedUp: view.typedIsPaused } };
  }
  const reachesRelay = view.status.brokenHop === undefined || view.status.brokenHop === "app";
  return reachesRelay && view.status.ring !== "connecting" && view.status.ring !== "paused"
    ? { kind: "no_code" }
    : { kind: "offline" };
}

function alive(offer: Expiring<string> | undefined, now: number): Expiring<string> | undefined {
  return offer !== undefined && offer.expiresAt > now ? offer : undefined;
}

/** What is left of a time, from 1 to 0. */
export function shareLeft(expiresAt: number, now: number, wholeMs: number): number {
  return Math.min(1, Math.max(0, (expiresAt - now) / Math.max(1, wholeMs)));
}

/** `RRRR-SSSS` and the like as the groups it is read in. */
export function codeGroups(code: string): readonly string[] {
  return code.split("-");
}

/** A code as a screen reader should say it: letter by letter, a pause between the groups. */
export function spelled(code: string): string {
  return codeGroups(code)
    .map((group) => Array.from(group).join(" "))
    .join(", ");
}

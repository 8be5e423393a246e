/**
 * How a link of protocol 1 ends whose node has left the other instance. The requests that were taken there have failed
 * by then; one that was still on its way nobody has seen, so the end tells how many were taken.
 */
import { CLOSE } from "#shared/protocol/close-codes.ts";

export const GUEST_LEAVES_CODE = CLOSE.NODE_OFFLINE;

const REASON = /^node_offline (\d{1,15})$/;

/** `taken` requests came over this link. */
export function guestLeavesReason(taken: number): string {
  return `node_offline ${taken}`;
}

/** How many were taken, by the reason of a close; undefined when it does not say. */
export function takenByReason(reason: string): number | undefined {
  const taken = REASON.exec(reason)?.[1];
  return taken === undefined ? undefined : Number(taken);
}

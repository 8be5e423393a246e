/**
 * What was typed into the API client and not sent stays with the tab: one draft a PC, in the tab's own storage. Here it
 * goes: with the PC, and when the PC has revoked this device, whichever tab or visit it was that heard of it.
 */
import type { PcFacts } from "../view/pc-view.ts";

/** Before the PC's own id. */
export const DRAFT_KEY = "ora-draft.";

/** `pcs`: all that there are. `storage` throws where the browser forbids it. */
export function dropDrafts(
  storage: () => Storage,
  pcs: readonly Pick<PcFacts, "nodeId" | "session">[],
): void {
  const living = pcs
    .filter(({ session }) => session.status !== "revoked")
    .map(({ nodeId }) => DRAFT_KEY + nodeId);
  try {
    for (const key of Object.keys(storage())) {
      if (key.startsWith(DRAFT_KEY) && !living.includes(key)) storage().removeItem(key);
    }
  } catch {
    // Forbidden: then nothing was put there.
  }
}

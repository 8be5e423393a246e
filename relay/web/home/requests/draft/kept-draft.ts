/**
 * The draft of one PC, kept for the tab while it is being written: a phone may drop the page at any moment to make room.
 * It may hold a token, so that it is in the tab's storage alone, which other tabs do not see and which goes with the tab.
 * Files are not kept, nor is what is too large to be a request; then nothing older is left in its place.
 */
import { DRAFT_KEY } from "../../state/drop-drafts.ts";
import { decodeDraft, storable } from "./decode-draft.ts";
import type { RequestDraft } from "./draft.ts";

export interface KeptDraft {
  /** Undefined when there is none. */
  read(): RequestDraft | undefined;
  keep(draft: RequestDraft): void;
  drop(): void;
}

/** `storage` throws where the browser forbids it, also when it is only looked at; then nothing is kept. */
export function keptDraft(storage: () => Storage, nodeId: string): KeptDraft {
  const key = DRAFT_KEY + nodeId;
  const drop = () => {
    try {
      storage().removeItem(key);
    } catch {
      // Forbidden: then there is none.
    }
  };
  return {
    read() {
      try {
        return decodeDraft(JSON.parse(storage().getItem(key) ?? "null"));
      } catch {
        // Forbidden, or no JSON: as good as none.
        return undefined;
      }
    },
    keep(draft) {
      const kept = decodeDraft(storable(draft));
      if (kept === undefined) return drop();
      try {
        storage().setItem(key, JSON.stringify(kept));
      } catch {
        // Forbidden or full: an older one would be mistaken for this.
        drop();
      }
    },
    drop,
  };
}

/** The saved requests of one PC, on the screen and in storage. What storage refuses stays on the screen, and that is told. */
import { useEffect, useState } from "preact/hooks";
import type { RequestDraft } from "../draft/draft.ts";
import { type Removal, renamed, restored, type SavedList, without, withSaved } from "../saved/saved-list.ts";
import type { SavedStore } from "../saved/saved-store.ts";

export interface Saved {
  readonly list: SavedList;
  /** False: this browser keeps nothing. */
  readonly isKept: boolean;
  /** What can be taken back. */
  readonly removed: Removal["removed"];
  /** Undefined when it worked. */
  save(name: string, draft: RequestDraft): "full" | "too_large" | undefined;
  rename(id: string, name: string): void;
  remove(id: string): void;
  undo(): void;
}

export function useSaved(store: SavedStore, pc: string): Saved {
  const [list, setList] = useState<SavedList>([]);
  const [isKept, setKept] = useState(true);
  const [removed, setRemoved] = useState<Removal["removed"]>();
  useEffect(() => {
    let isHere = true;
    void store.load(pc).then((loaded) => {
      if (!isHere) return;
      setKept(loaded !== undefined);
      // What was saved while it loaded is newer.
      if (loaded !== undefined) setList((before) => [...before, ...loaded]);
    });
    return () => {
      isHere = false;
    };
  }, [store, pc]);

  const change = (next: SavedList, taken?: Removal["removed"]) => {
    setList(next);
    setRemoved(taken);
    void store.keep(pc, next).then(setKept);
  };
  return {
    list,
    isKept,
    removed,
    save(name, draft) {
      const outcome = withSaved(list, { id: newId(list), name, draft });
      if (!outcome.ok) return outcome.why;
      change(outcome.list);
      return undefined;
    },
    rename: (id, name) => change(renamed(list, id, name)),
    remove(id) {
      const { list: next, removed: taken } = without(list, id);
      change(next, taken);
    },
    undo() {
      if (removed !== undefined) change(restored(list, removed));
    },
  };
}

/** Unique among the others of this PC. */
function newId(list: SavedList): string {
  const taken = new Set(list.map(({ id }) => id));
  let number = list.length + 1;
  while (taken.has(`r${number}`)) number += 1;
  return `r${number}`;
}

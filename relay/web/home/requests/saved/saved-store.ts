/**
 * Where the saved requests of each PC stay: one record a PC in an IndexedDB of its own. A browser may refuse (a private
 * window, a full disk): then it says so, and the page goes on with what it has in memory.
 */
import { decodeSavedList, type SavedList } from "./saved-list.ts";

const DATABASE = "ora-requests";
const STORE = "saved";
const VERSION = 1;
/** A database that has not answered by then does not: the page goes on without. Milliseconds. */
const WAIT_MS = 5_000;

export interface SavedStore {
  /** Never rejects; undefined when this browser keeps nothing. */
  load(pc: string): Promise<SavedList | undefined>;
  /** Whether it is kept. */
  keep(pc: string, list: SavedList): Promise<boolean>;
}

export function savedStore(factory: IDBFactory | undefined): SavedStore {
  return {
    async load(pc) {
      try {
        return decodeSavedList(await inTime(transact(factory, "readonly", (store) => store.get(pc))));
      } catch {
        // Whatever its reason, the person is told that nothing is kept.
        return undefined;
      }
    },
    async keep(pc, list) {
      try {
        const change = (store: IDBObjectStore) =>
          list.length === 0 ? store.delete(pc) : store.put(list, pc);
        await inTime(transact(factory, "readwrite", change));
        return true;
      } catch {
        // The same.
        return false;
      }
    },
  };
}

/** Forgets what was saved for a PC, when the PC itself is forgotten. Whether there is nothing left of it. */
export function forgetSaved(factory: IDBFactory | undefined, pc: string): Promise<boolean> {
  return savedStore(factory).keep(pc, []);
}

async function inTime(work: Promise<unknown>): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), WAIT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when what was done is on the disk. */
async function transact(
  factory: IDBFactory | undefined,
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  if (factory === undefined) throw new Error("no storage");
  const opening = factory.open(DATABASE, VERSION);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error("blocked"));
  });
  try {
    const transaction = database.transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    return await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

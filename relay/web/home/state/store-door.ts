/**
 * The way to this origin's pairings: the store is opened once, by whoever needs it first, and what became of that holds
 * until somebody wants it tried again.
 */
import { openDatabase } from "../../keys/database.ts";
import { createPairingStore, type PairingStore } from "../../keys/pairing-store.ts";
import { StorageError } from "../../keys/storage-error.ts";

const DATABASE = "ora-home";

export interface StoreDoor {
  /** The store, or why there is none. Never rejects. */
  open(): Promise<PairingStore | StorageError>;
  /** The next call tries anew, where there is none. */
  retry(): void;
}

/** `changed` is called after a change of another tab. */
export function createStoreDoor(changed: () => void): StoreDoor {
  let opening: Promise<PairingStore | StorageError> | undefined;
  let hasFailed = false;
  const openOnce = async () => {
    const opened = await openStore(changed);
    hasFailed = opened instanceof StorageError;
    return opened;
  };
  return {
    open() {
      opening ??= openOnce();
      return opening;
    },
    retry() {
      if (hasFailed) opening = undefined;
      hasFailed = false;
    },
  };
}

async function openStore(changed: () => void): Promise<PairingStore | StorageError> {
  try {
    const database = await openDatabase(DATABASE, globalThis.indexedDB);
    const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(DATABASE);
    return createPairingStore({ database, channel, changed });
  } catch (error) {
    // A browser may forbid even to look.
    return error instanceof StorageError ? error : new StorageError("absent", error);
  }
}

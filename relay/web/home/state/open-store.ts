/** The store of this origin's pairings, or why there is none. */
import { openDatabase, StorageError } from "../../keys/database.ts";
import { createPairingStore, type PairingStore } from "../../keys/pairing-store.ts";

const DATABASE = "ora-home";

/** `changed` is called after a change of another tab. */
export async function openStore(changed: () => void): Promise<PairingStore | StorageError> {
  try {
    const database = await openDatabase(DATABASE, globalThis.indexedDB);
    const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(DATABASE);
    return createPairingStore({ database, channel, changed });
  } catch (error) {
    if (error instanceof StorageError) return error;
    // A browser may forbid even to look.
    return new StorageError("absent", error);
  }
}

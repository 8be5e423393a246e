/**
 * What this browser remembers of its pairings: records with their keys. What is not canonical is left alone and counted,
 * never used and never deleted by itself. Other tabs hear of every change.
 */
import { decodePairingRecord, type PairingRecord } from "#shared/client/pairing-record.ts";
import type { Database } from "./database.ts";
import { decodeStoredKey, type StoredKey } from "./stored-key.ts";

export interface StoredPairing {
  /** This browser's own name for it. */
  readonly id: string;
  readonly record: PairingRecord;
  readonly key: StoredKey;
  /** Unix milliseconds. */
  readonly pairedAt: number;
  /** What the owner of this device calls the PC; left out: what the PC calls itself. */
  readonly label?: string;
  /** When the PC said that this device is revoked. Unix milliseconds. */
  readonly revokedAt?: number;
}

export interface StoredPairings {
  /** The oldest first. */
  readonly pairings: readonly StoredPairing[];
  /** Items that could not be understood. */
  readonly damaged: number;
}

export interface PairingStore {
  list(): Promise<StoredPairings>;
  /** Stores a pairing in place of any other one with the same PC, once it is active. Rejects with StorageError. */
  put(pairing: StoredPairing): Promise<void>;
  /** Changes one that is still there; false: it was deleted meanwhile, and stays so. Rejects with StorageError. */
  change(id: string, change: (pairing: StoredPairing) => StoredPairing): Promise<boolean>;
  delete(id: string): Promise<void>;
  /** Whether a key like this can be kept: a browser may lack the room, or the way. Rejects with StorageError. */
  probe(key: StoredKey): Promise<void>;
  close(): void;
}

const PROBE = "probe";

/** Longest name that its owner may give to a PC. UTF-16 units. */
export const MAX_LABEL_LENGTH = 64;

/** `changed` is called after a change of another tab; `channel` left out: where the browser has none. */
export function createPairingStore(options: {
  readonly database: Database;
  readonly channel?: BroadcastChannel | undefined;
  readonly changed?: () => void;
}): PairingStore {
  const { database, channel, changed } = options;
  if (channel !== undefined) channel.onmessage = () => changed?.();
  const tell = () => channel?.postMessage("changed");
  const list = async (): Promise<StoredPairings> => {
    const items = (await database.all()).filter((item) => !isProbe(item));
    const pairings = items.map(decodeStoredPairing).filter((pairing) => pairing !== undefined);
    pairings.sort((a, b) => a.pairedAt - b.pairedAt || (a.id < b.id ? -1 : 1));
    return { pairings, damaged: items.length - pairings.length };
  };
  return {
    list,
    async put(pairing) {
      const { pairings } = await list();
      const older = pairings.filter(
        ({ id, record }) => id !== pairing.id && record.nodeId === pairing.record.nodeId,
      );
      const replaced = pairing.record.status === "active" ? older.map(({ id }) => id) : [];
      await database.replace(pairing, replaced);
      tell();
    },
    async change(id, change) {
      const isChanged = await database.change(id, (item) => {
        const pairing = decodeStoredPairing(item);
        return pairing === undefined ? undefined : change(pairing);
      });
      tell();
      return isChanged;
    },
    async probe(key) {
      const item = { id: PROBE, key };
      await database.put(item);
      await database.delete(PROBE);
    },
    async delete(id) {
      await database.delete(id);
      tell();
    },
    close() {
      channel?.close();
      database.close();
    },
  };
}

/** One that a page was closed over. */
function isProbe(item: unknown): boolean {
  return typeof item === "object" && item !== null && "id" in item && item.id === PROBE;
}

/** Decodes one item; undefined when anything in it is missing or not canonical. */
export function decodeStoredPairing(value: unknown): StoredPairing | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, record, key, pairedAt, label, revokedAt } = value as Record<string, unknown>;
  const knownRecord = decodePairingRecord(record);
  const knownKey = decodeStoredKey(key);
  if (typeof id !== "string" || knownRecord === undefined || knownKey === undefined) return undefined;
  if (typeof pairedAt !== "number" || !Number.isFinite(pairedAt)) return undefined;
  const named = typeof label === "string" && label !== "" ? label.slice(0, MAX_LABEL_LENGTH) : undefined;
  return {
    id,
    record: knownRecord,
    key: knownKey,
    pairedAt,
    ...(named !== undefined && { label: named }),
    ...(typeof revokedAt === "number" && Number.isFinite(revokedAt) && { revokedAt }),
  };
}

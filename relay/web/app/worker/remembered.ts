/**
 * What an app's origin remembers: the pairing with its key, and where the app believes to be. The app's own script can
 * read and delete all of it except for the key's bytes: only itself is hurt.
 */
import { type Database, openDatabase } from "../../keys/database.ts";
import { decodeStoredPairing, type StoredPairing } from "../../keys/pairing-store.ts";
import type { StoredKey } from "../../keys/stored-key.ts";

const DATABASE_NAME = "~ora";
const PAIRING = "pairing";
const PLACE = "place";
const LOGIN = "login";
const PROBE = "probe";

export interface RememberedPlace {
  readonly aliases: readonly string[];
  readonly basePath: string;
  readonly name: string;
}

export interface Remembered {
  readonly pairing: StoredPairing | undefined;
  readonly place: RememberedPlace | undefined;
  /** The value of `Authorization` that the app accepted last. */
  readonly login: string | undefined;
}

export class Memory {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  /** Rejects with StorageError. */
  static async open(factory: IDBFactory | undefined): Promise<Memory> {
    return new Memory(await openDatabase(DATABASE_NAME, factory));
  }

  async read(): Promise<Remembered> {
    const items = new Map((await this.database.all()).map((item) => [idOf(item), item]));
    return {
      pairing: decodeStoredPairing(items.get(PAIRING)),
      place: decodePlace(items.get(PLACE)),
      login: textOf(items.get(LOGIN)),
    };
  }

  /** Whether a key like this can be kept. Rejects with StorageError. */
  async probe(key: StoredKey): Promise<void> {
    await this.database.put({ id: PROBE, key } as { id: string });
    await this.database.delete(PROBE);
  }

  storePairing(pairing: Omit<StoredPairing, "id">): Promise<void> {
    return this.database.put({ ...pairing, id: PAIRING });
  }

  storePlace(place: RememberedPlace): Promise<void> {
    return this.database.put({ ...place, id: PLACE } as { id: string });
  }

  async storeLogin(login: string | undefined): Promise<void> {
    await (login === undefined
      ? this.database.delete(LOGIN)
      : this.database.put({ id: LOGIN, text: login } as { id: string }));
  }

  /** Of the PC that was here before. */
  async clear(): Promise<void> {
    for (const id of [PAIRING, PLACE, LOGIN]) await this.database.delete(id);
  }
}

function idOf(item: unknown): unknown {
  return typeof item === "object" && item !== null && "id" in item ? item.id : undefined;
}

function textOf(item: unknown): string | undefined {
  if (typeof item !== "object" || item === null || !("text" in item)) return undefined;
  return typeof item.text === "string" ? item.text : undefined;
}

function decodePlace(item: unknown): RememberedPlace | undefined {
  if (typeof item !== "object" || item === null) return undefined;
  const { aliases, basePath, name } = item as Record<string, unknown>;
  if (!Array.isArray(aliases) || aliases.length === 0) return undefined;
  if (!aliases.every((alias) => typeof alias === "string")) return undefined;
  if (typeof basePath !== "string" || typeof name !== "string") return undefined;
  return { aliases, basePath, name };
}

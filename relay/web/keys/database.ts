/**
 * IndexedDB as promises: items with an `id`. A private window, a full disk, a database that does not answer, or a browser
 * that forbids storage make every call reject with a StorageError; nothing here pretends to have stored, and nothing
 * waits for ever.
 */
import { Connection } from "./connection.ts";
import { StorageError } from "./storage-error.ts";

export interface Database {
  /** One that the browser cannot give back is undefined; the others are there all the same. */
  all(): Promise<readonly unknown[]>;
  put(item: { readonly id: string }): Promise<void>;
  /** In one transaction: all of it or nothing. */
  replace(item: { readonly id: string }, without: readonly string[]): Promise<void>;
  /**
   * Puts what `change` makes of an item; nothing when there is none, or it makes nothing of it. Resolves with whether
   * there was something to change.
   */
  change(id: string, change: (item: unknown) => { readonly id: string } | undefined): Promise<boolean>;
  delete(id: string): Promise<void>;
  close(): void;
}

/** Opens, and makes it where it is not there yet. Rejects with StorageError. */
export async function openDatabase(name: string, factory: IDBFactory | undefined): Promise<Database> {
  if (factory === undefined) throw new StorageError("absent", undefined);
  const connection = new Connection(name, factory);
  await connection.open();
  return {
    all: () => allOf(connection),
    put: async (item) => {
      await connection.transact("readwrite", (store) => store.put(item));
    },
    replace: async (item, without) => {
      await connection.transact("readwrite", (store) => {
        for (const id of without) store.delete(id);
        return store.put(item);
      });
    },
    change: async (id, change) => {
      let isChanged = false;
      await connection.transact("readwrite", (store) => {
        const request: IDBRequest<unknown> = store.get(id);
        request.onsuccess = () => {
          const changed = request.result === undefined ? undefined : change(request.result);
          if (changed === undefined) return;
          store.put(changed);
          isChanged = true;
        };
        return request;
      });
      return isChanged;
    },
    delete: async (id) => {
      await connection.transact("readwrite", (store) => store.delete(id));
    },
    close: () => connection.close(),
  };
}

async function allOf(connection: Connection): Promise<readonly unknown[]> {
  try {
    return listOf(await connection.transact("readonly", (store) => store.getAll()));
  } catch (error) {
    // What did not answer at all will not answer now.
    if (error instanceof StorageError && error.cause === undefined) throw error;
    // One item that cannot be read spoils the whole answer.
    const ids = listOf(await connection.transact("readonly", (store) => store.getAllKeys()));
    return Promise.all(ids.map((id) => one(connection, id)));
  }
}

function one(connection: Connection, id: unknown): Promise<unknown> {
  return connection.transact("readonly", (store) => store.get(id as IDBValidKey)).catch(() => undefined);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

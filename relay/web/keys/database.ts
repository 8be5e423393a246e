/**
 * IndexedDB as promises: one database with one store, whose items have an `id`. A private window, a full disk or a
 * browser that forbids storage make every call reject with a StorageError; nothing here pretends to have stored.
 */

/** What the browser would not do. `full`: there is no room. `absent`: it has or allows no database. */
export class StorageError extends Error {
  readonly code: "absent" | "full" | "failed";

  constructor(code: "absent" | "full" | "failed", cause: unknown) {
    super(`the browser's storage: ${code}`, { cause });
    this.name = "StorageError";
    this.code = code;
  }
}

export interface Database {
  all(): Promise<readonly unknown[]>;
  put(item: { readonly id: string }): Promise<void>;
  /** In one transaction: all of it or nothing. */
  replace(item: { readonly id: string }, without: readonly string[]): Promise<void>;
  /** Puts what `change` makes of an item; nothing when there is none, or it makes nothing of it. */
  change(id: string, change: (item: unknown) => { readonly id: string } | undefined): Promise<void>;
  delete(id: string): Promise<void>;
  close(): void;
}

const STORE = "items";
const VERSION = 1;

/** Opens, and makes it where it is not there yet. Rejects with StorageError. */
export async function openDatabase(name: string, factory: IDBFactory | undefined): Promise<Database> {
  if (factory === undefined) throw new StorageError("absent", undefined);
  const db = await open(name, factory);
  // Another tab deletes the database: it must not wait for this one.
  db.onversionchange = () => db.close();
  return {
    all: async () => {
      const items: unknown = await transact(db, "readonly", (store) => store.getAll());
      return Array.isArray(items) ? items : [];
    },
    put: async (item) => {
      await transact(db, "readwrite", (store) => store.put(item));
    },
    replace: async (item, without) => {
      await transact(db, "readwrite", (store) => {
        for (const id of without) store.delete(id);
        return store.put(item);
      });
    },
    change: async (id, change) => {
      await transact(db, "readwrite", (store) => {
        const request: IDBRequest<unknown> = store.get(id);
        request.onsuccess = () => {
          const changed = request.result === undefined ? undefined : change(request.result);
          if (changed !== undefined) store.put(changed);
        };
        return request;
      });
    },
    delete: async (id) => {
      await transact(db, "readwrite", (store) => store.delete(id));
    },
    close: () => db.close(),
  };
}

function open(name: string, factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    try {
      const request = factory.open(name, VERSION);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(storageError(request.error, "absent"));
      request.onblocked = () => reject(new StorageError("failed", request.error));
    } catch (error) {
      // A browser may forbid storage to this origin altogether.
      reject(storageError(error, "absent"));
    }
  });
}

/** Resolves when what was asked for is on its way to the disk, not before. */
function transact(
  db: IDBDatabase,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    try {
      const transaction = db.transaction(STORE, mode, { durability: "strict" });
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(storageError(transaction.error ?? request.error, "failed"));
      transaction.onerror = () => reject(storageError(transaction.error ?? request.error, "failed"));
    } catch (error) {
      // A database that another tab closed, or a value that the browser cannot keep.
      reject(storageError(error, "failed"));
    }
  });
}

function storageError(error: unknown, otherwise: "absent" | "failed"): StorageError {
  const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
  return new StorageError(isFull ? "full" : otherwise, error);
}

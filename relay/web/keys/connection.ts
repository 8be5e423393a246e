/**
 * The connection to one database with one store, whose items have an `id`. It waits for nothing without end, and makes
 * itself anew when the browser has cut it: storage that is cleared, or a database that another tab deletes, must not leave
 * a page that can store nothing until it is loaded again.
 */
import { StorageError, storageError } from "./storage-error.ts";

/** A database that has not opened by then is stuck: another tab, or a broken profile. Milliseconds. */
const OPEN_WAIT_MS = 4_000;
/** A disk is slow, but not that slow. Milliseconds. */
const WAIT_MS: Readonly<Record<"readonly" | "readwrite", number>> = { readonly: 5_000, readwrite: 10_000 };

const STORE = "items";
const VERSION = 1;

export class Connection {
  private readonly name: string;
  private readonly factory: IDBFactory;
  private db: Promise<IDBDatabase> | undefined;

  constructor(name: string, factory: IDBFactory) {
    this.name = name;
    this.factory = factory;
  }

  /** Opens the database where it is not open, and makes it where it is not there. Rejects with StorageError. */
  open(): Promise<IDBDatabase> {
    const opening = this.db ?? this.keep(openOnce(this.name, this.factory));
    this.db = opening;
    return opening;
  }

  /**
   * Resolves with the request's result when what was asked for is on its way to the disk, not before. Rejects with
   * StorageError; then nothing of it was done.
   */
  async transact(mode: keyof typeof WAIT_MS, ask: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
    let transaction = begin(await this.open(), mode);
    if (transaction === undefined) {
      // It was closed, and this page has not heard of it yet.
      this.db = undefined;
      transaction = begin(await this.open(), mode);
    }
    if (transaction === undefined) throw new StorageError("failed", undefined);
    return carryOut(transaction, ask, WAIT_MS[mode]);
  }

  close(): void {
    const { db } = this;
    this.db = undefined;
    db?.then(
      (opened) => opened.close(),
      () => undefined,
    );
  }

  private keep(opening: Promise<IDBDatabase>): Promise<IDBDatabase> {
    const gone = () => {
      if (this.db === opening) this.db = undefined;
    };
    opening.then((db) => {
      db.onclose = gone;
      // Another tab deletes the database: it must not wait for this one.
      db.onversionchange = () => {
        gone();
        db.close();
      };
    }, gone);
    return opening;
  }
}

function openOnce(name: string, factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new StorageError("failed", undefined));
    }, OPEN_WAIT_MS);
    const settle = (settled: () => void) => {
      clearTimeout(timer);
      settled();
    };
    try {
      const request = factory.open(name, VERSION);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
      request.onsuccess = () =>
        settle(() => {
          // Nobody waits for it any more.
          if (isLate) request.result.close();
          else resolve(request.result);
        });
      request.onerror = () => settle(() => reject(storageError(request.error, "absent")));
    } catch (error) {
      // A browser may forbid storage to this origin altogether.
      settle(() => reject(storageError(error, "absent")));
    }
  });
}

/** Undefined when the database is closed by now. */
function begin(db: IDBDatabase, mode: IDBTransactionMode): IDBTransaction | undefined {
  try {
    return db.transaction(STORE, mode, { durability: "strict" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "InvalidStateError") return undefined;
    throw storageError(error, "failed");
  }
}

function carryOut(
  transaction: IDBTransaction,
  ask: (store: IDBObjectStore) => IDBRequest,
  waitMs: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      clearTimeout(timer);
      reject(storageError(error, "failed"));
    };
    const timer = setTimeout(() => {
      fail(undefined);
      // What was said to have failed must not come about later.
      abort(transaction);
    }, waitMs);
    try {
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        clearTimeout(timer);
        resolve(request.result);
      };
      transaction.onabort = () => fail(transaction.error ?? request.error);
      transaction.onerror = () => fail(transaction.error ?? request.error);
    } catch (error) {
      // A value that the browser cannot keep: what was asked for before it is taken back.
      abort(transaction);
      fail(error);
    }
  });
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It is over already.
  }
}

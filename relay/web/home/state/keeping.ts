/** What the browser's storage does for this page: whether the list was read, and whether what changes is kept. */
import { StorageError } from "../../keys/storage-error.ts";

export interface KeepingOptions {
  /** Reads what is stored. Rejects with StorageError. */
  readonly read: () => Promise<void>;
  /** The next reading tries the storage anew, where it failed. */
  readonly retry: () => void;
  readonly changed: () => void;
}

export class Keeping {
  private readonly options: KeepingOptions;
  /** Why nothing is kept; undefined where it is, as far as is known. */
  notKept: StorageError["code"] | undefined;
  /** The list has been read, or could not be. */
  isSettled = false;
  /** There is a storage, and it has not given the list. */
  isUnread = false;

  constructor(options: KeepingOptions) {
    this.options = options;
  }

  /** Never rejects with what the storage says; it stands here then. */
  async load(): Promise<void> {
    const { read, changed } = this.options;
    try {
      await read();
      this.isUnread = false;
      // What is full can be read all the same.
      if (this.notKept !== "full") this.notKept = undefined;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.notKept = error.code;
      this.isUnread = error.code === "failed";
    }
    this.isSettled = true;
    changed();
  }

  /** Looks again: a storage that did not answer may answer by now, and another page may have cleared it. */
  loadAgain(): Promise<void> {
    this.options.retry();
    return this.load();
  }

  /** A write was refused. */
  refused(why: StorageError["code"]): void {
    this.notKept = why;
  }
}

/** What became of a change that its user asked for: false when the storage refused it. */
export async function isStored(change: Promise<unknown>): Promise<boolean> {
  try {
    return (await change) !== false;
  } catch (error) {
    if (error instanceof StorageError) return false;
    throw error;
  }
}

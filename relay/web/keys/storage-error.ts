/** What the browser would not do with its storage. */

/**
 * `full`: there is no room. `absent`: it has or allows no database. `failed`: there is one, and it does not answer, or
 * not as it should: trying again later may help.
 */
export class StorageError extends Error {
  readonly code: "absent" | "full" | "failed";

  constructor(code: "absent" | "full" | "failed", cause: unknown) {
    super(`the browser's storage: ${code}`, { cause });
    this.name = "StorageError";
    this.code = code;
  }
}

/** What a database's own error means; `otherwise` where it is none that is known. */
export function storageError(error: unknown, otherwise: StorageError["code"]): StorageError {
  if (error instanceof StorageError) return error;
  const name = error instanceof DOMException ? error.name : "";
  if (name === "QuotaExceededError") return new StorageError("full", error);
  // It is there and broken, busy, or of a newer page than this one.
  const isThere = ["UnknownError", "AbortError", "TimeoutError", "VersionError"].includes(name);
  return new StorageError(isThere ? "failed" : otherwise, error);
}

/**
 * The port to wherever secrets rest: small named texts, one item each. Every adapter keeps the same limits (those of
 * the narrowest, the Windows credential store), so that what works in one works in all. No adapter ever falls back
 * to a less safe place by itself.
 */

/** Bytes of UTF-8 in one item: what a Windows credential holds. */
export const MAX_SECRET_BYTES = 2_560;

/** Lower case, so that a file system that folds case cannot make two names one. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,99}$/;

export type SecretsErrorCode =
  /** There is no keychain here, or it does not answer, or it is locked. */
  | "no_keychain"
  /** An item is there and cannot be understood. It is left as it is. */
  | "damaged"
  /** The file or its directory can be read or written by other users. */
  | "exposed"
  /** The store refused or failed. */
  | "store_failed"
  | "bad_name"
  | "too_big";

/** The message is for the owner: it says what to do, and holds no secret. */
export class SecretsError extends Error {
  readonly code: SecretsErrorCode;

  constructor(code: SecretsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SecretsError";
    this.code = code;
  }
}

/** Every method throws {@link SecretsError} and nothing else. */
export interface SecretStore {
  readonly kind: "keychain" | "file" | "memory";
  get(name: string): Promise<string | undefined>;
  /** Replaces the item. When this returns the secret is as durable as the store can make it. */
  set(name: string, secret: string): Promise<void>;
  /** True when there was such an item. */
  delete(name: string): Promise<boolean>;
  /** The names of all items, sorted. */
  list(): Promise<string[]>;
}

export function checkName(name: string): void {
  if (!NAME.test(name))
    throw new SecretsError("bad_name", "a secret's name is lower-case letters, digits, - and _");
}

export function isSecretName(name: string): boolean {
  return NAME.test(name);
}

export function checkSecret(secret: string): void {
  if (Buffer.byteLength(secret) > MAX_SECRET_BYTES) {
    throw new SecretsError("too_big", `a secret has at most ${MAX_SECRET_BYTES} bytes`);
  }
}

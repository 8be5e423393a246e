/** The error of the cryptographic layer: for misuse and broken environments. What a peer does wrong is a return value. */

export type CryptoErrorCode =
  /** No implementation of a primitive passed its known-answer test. */
  | "self_test_failed"
  /** A key, nonce, hash or secret that does not have the length it must have. */
  | "bad_length"
  /** A handshake object was asked for a step that is not its turn. */
  | "wrong_state"
  /** A message would be longer than its limit. */
  | "too_long";

/** `message` says what was wrong and holds no input, because any input may be secret. */
export class CryptoError extends Error {
  override readonly name = "CryptoError";
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Throws `bad_length` unless `bytes` has exactly that many bytes. `what` names it in the message. */
export function requireLength(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length !== length) throw new CryptoError("bad_length", `${what} must be ${length} bytes`);
}

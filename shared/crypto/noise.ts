/**
 * A Noise handshake (revision 34) in the one suite 25519_ChaChaPoly_SHA256: two messages, then a cipher for each
 * direction. Static keys work asynchronously, because a browser's may not be readable. Whatever a peer does wrong
 * ends the handshake for good and is `undefined`; calling a step out of turn throws.
 */
import { concatBytes } from "@noble/hashes/utils.js";
import type { CryptoBackend } from "./backend.ts";
import type { CipherState } from "./cipher-state.ts";
import { CryptoError, requireLength } from "./crypto-error.ts";
import type { StaticKey } from "./node-identity.ts";
import {
  PATTERNS,
  type Pattern,
  type PatternName,
  protocolName,
  type Role,
  type Token,
} from "./noise-patterns.ts";
import { KEY_BYTES } from "./primitives.ts";
import { SymmetricState } from "./symmetric-state.ts";
import { timingSafeEqual } from "./timing-safe-equal.ts";

/** Longest Noise message (section 3), in bytes. */
export const MAX_NOISE_MESSAGE_BYTES = 65_535;

const ALL_ZERO = new Uint8Array(KEY_BYTES);

export interface HandshakeOptions {
  readonly backend: CryptoBackend;
  readonly pattern: PatternName;
  readonly role: Role;
  readonly prologue: Uint8Array;
  /** This side's static key, where the pattern has one. */
  readonly staticKey?: StaticKey;
  /** The peer's static key, where the pattern takes it as known. */
  readonly remoteStatic?: Uint8Array;
  /** 32 bytes, for IKpsk1 alone. */
  readonly psk?: Uint8Array;
}

/** What a complete handshake leaves behind. */
export interface HandshakeOutcome {
  readonly send: CipherState;
  readonly receive: CipherState;
  readonly handshakeHash: Uint8Array;
}

export class Handshake {
  private readonly backend: CryptoBackend;
  private readonly pattern: Pattern;
  private readonly role: Role;
  private readonly staticKey: StaticKey | undefined;
  private readonly psk: Uint8Array | undefined;
  private readonly symmetric: SymmetricState;
  private ephemeralPrivate: Uint8Array | undefined;
  private peerStatic: Uint8Array | undefined;
  private remoteEphemeral: Uint8Array | undefined;
  private turn = 0;
  private state: "ready" | "busy" | "dead" | "split" = "ready";

  /** @throws CryptoError for a key or secret that the pattern needs and that is missing or has the wrong length. */
  constructor(options: HandshakeOptions) {
    const { backend, pattern, role, prologue, staticKey, remoteStatic, psk } = options;
    this.backend = backend;
    this.pattern = PATTERNS[pattern];
    this.role = role;
    this.staticKey = staticKey;
    this.peerStatic = remoteStatic;
    this.psk = psk;
    if (pattern === "IKpsk1") requireLength(need(psk, "the pre-shared key"), KEY_BYTES, "a pre-shared key");
    else if (psk !== undefined) throw new CryptoError("wrong_state", `${pattern} takes no pre-shared key`);
    const known = this.pattern.knownStatic === role ? staticKey?.publicKey : remoteStatic;
    const premessage = need(known, "the static key that is known beforehand");
    requireLength(premessage, KEY_BYTES, "a static key");

    this.symmetric = new SymmetricState(backend, protocolName(pattern));
    this.symmetric.mixHash(prologue);
    this.symmetric.mixHash(premessage);
  }

  /** The peer's static key as far as it is known: in IK from message 1 on, where it is still a claim. */
  get remoteStatic(): Uint8Array | undefined {
    return this.peerStatic;
  }

  /**
   * Writes this side's next message. Undefined when the peer's key is a low-order point.
   * @throws CryptoError `too_long` when the message would pass 65,535 bytes, `wrong_state` out of turn.
   */
  async writeMessage(payload: Uint8Array): Promise<Uint8Array | undefined> {
    return this.step("write", async (tokens) => {
      const parts: Uint8Array[] = [];
      for (const token of tokens) {
        if (token === "e") parts.push(this.writeEphemeral());
        else if (token === "s") parts.push(this.symmetric.encryptAndHash(this.ownStatic().publicKey));
        else if (!(await this.mixSecret(token))) return undefined;
      }
      const length = parts.reduce((sum, part) => sum + part.length, payload.length + this.symmetric.overhead);
      if (length > MAX_NOISE_MESSAGE_BYTES)
        throw new CryptoError("too_long", "a handshake message is too long");
      parts.push(this.symmetric.encryptAndHash(payload));
      return concatBytes(...parts);
    });
  }

  /**
   * Reads the peer's next message and returns its payload. Undefined when it is not authentic, too short or too long,
   * or carries a low-order point.
   * @throws CryptoError `wrong_state` out of turn.
   */
  async readMessage(message: Uint8Array): Promise<Uint8Array | undefined> {
    return this.step("read", async (tokens) => {
      if (message.length > MAX_NOISE_MESSAGE_BYTES) return undefined;
      let rest = message;
      const take = (length: number) => {
        const part = rest.length < length ? undefined : rest.slice(0, length);
        rest = rest.subarray(length);
        return part;
      };
      for (const token of tokens) {
        if (token === "e") {
          const ephemeral = take(KEY_BYTES);
          if (ephemeral === undefined) return undefined;
          this.remoteEphemeral = ephemeral;
          this.mixEphemeral(ephemeral);
        } else if (token === "s") {
          const sealed = take(KEY_BYTES + this.symmetric.overhead);
          this.peerStatic = sealed && this.symmetric.decryptAndHash(sealed);
          if (this.peerStatic === undefined) return undefined;
        } else if (!(await this.mixSecret(token))) return undefined;
      }
      return this.symmetric.decryptAndHash(rest);
    });
  }

  /**
   * The ciphers and the hash of the complete handshake, once.
   * @throws CryptoError `wrong_state` before the last message and the second time.
   */
  split(): HandshakeOutcome {
    if (this.state !== "ready" || this.turn < this.pattern.messages.length) throw outOfTurn();
    this.state = "split";
    this.ephemeralPrivate = undefined;
    const [fromInitiator, fromResponder] = this.symmetric.split();
    const isInitiator = this.role === "initiator";
    return {
      send: isInitiator ? fromInitiator : fromResponder,
      receive: isInitiator ? fromResponder : fromInitiator,
      handshakeHash: this.symmetric.handshakeHash,
    };
  }

  /** Does one message. Anything but success, also a thrown error, leaves the handshake dead. */
  private async step(
    direction: "write" | "read",
    act: (tokens: readonly Token[]) => Promise<Uint8Array | undefined>,
  ): Promise<Uint8Array | undefined> {
    if (this.state === "dead") return undefined;
    const tokens = this.pattern.messages[this.turn];
    const writer: Role = this.turn % 2 === 0 ? "initiator" : "responder";
    const isOurTurn = (writer === this.role) === (direction === "write");
    if (this.state !== "ready" || tokens === undefined || !isOurTurn) throw outOfTurn();
    this.state = "busy";
    let result: Uint8Array | undefined;
    try {
      result = await act(tokens);
    } finally {
      this.state = result === undefined ? "dead" : "ready";
      this.turn += 1;
    }
    return result;
  }

  private writeEphemeral(): Uint8Array {
    this.ephemeralPrivate = this.backend.randomBytes(KEY_BYTES);
    const ephemeral = this.backend.x25519.publicKey(this.ephemeralPrivate);
    this.mixEphemeral(ephemeral);
    return ephemeral;
  }

  /** With a pre-shared key the ephemeral goes into the key as well (section 9.2). */
  private mixEphemeral(ephemeral: Uint8Array): void {
    this.symmetric.mixHash(ephemeral);
    if (this.psk !== undefined) this.symmetric.mixKey(ephemeral);
  }

  /** False when a Diffie-Hellman result is all zero: such a secret is known to everybody. */
  private async mixSecret(token: Exclude<Token, "e" | "s">): Promise<boolean> {
    if (token === "psk") {
      this.symmetric.mixKeyAndHash(need(this.psk, "the pre-shared key"));
      return true;
    }
    const shared = await this.diffieHellman(token);
    if (shared === undefined || timingSafeEqual(shared, ALL_ZERO)) return false;
    this.symmetric.mixKey(shared);
    return true;
  }

  /** The first letter names the initiator's key, the second the responder's. */
  private async diffieHellman(token: "ee" | "es" | "se" | "ss"): Promise<Uint8Array | undefined> {
    const [initiators, responders] = token;
    const [own, remote] = this.role === "initiator" ? [initiators, responders] : [responders, initiators];
    const remoteKey = need(remote === "e" ? this.remoteEphemeral : this.peerStatic, "the peer's key");
    if (own === "s") return this.ownStatic().dh(remoteKey);
    return this.backend.x25519.dh(need(this.ephemeralPrivate, "the ephemeral key"), remoteKey);
  }

  private ownStatic(): StaticKey {
    return need(this.staticKey, "the static key");
  }
}

function need<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new CryptoError("wrong_state", `this handshake lacks ${what}`);
  return value;
}

function outOfTurn(): CryptoError {
  return new CryptoError("wrong_state", "this handshake step is not due now");
}

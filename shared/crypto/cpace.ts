/**
 * CPace (draft-irtf-cfrg-cpace), the balanced PAKE behind typed codes: suite CPaceRistretto255 with SHA-512, in the
 * initiator-responder setting. Two parties that know the same short secret agree on a key; one that does not learns
 * nothing and may guess once per run. Group elements that are invalid or neutral are refused. It computes with the noble
 * library alone, so that a page can load it apart from the rest.
 */
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { CryptoBackend } from "./backend.ts";
import { CryptoError } from "./crypto-error.ts";

type Element = InstanceType<typeof ristretto255.Point>;

const DSI = utf8ToBytes("CPaceRistretto255");
const DSI_ISK = utf8ToBytes("CPaceRistretto255_ISK");
/** Input block size of SHA-512: the secret is padded to fill the first block. */
const HASH_BLOCK_BYTES = 128;
/** Twice the size of the group order, so that the reduction leaves no measurable bias. */
const SCALAR_SEED_BYTES = 64;

/** What both parties put in (sections 3 and 6 of the draft). */
export interface CpaceInputs {
  /** PRS, the short secret. */
  readonly secret: Uint8Array;
  /** CI, who is talking to whom through what. */
  readonly channelId: Uint8Array;
  readonly sid: Uint8Array;
}

/** One party's ephemeral half of a run. */
export interface CpaceShare {
  /** What goes to the other party. */
  readonly share: Uint8Array;
  /** K, or undefined when the other party's share is no valid element or the neutral one. */
  combine(otherShare: Uint8Array): Uint8Array | undefined;
}

/** A share and the associated data its sender attached. */
export interface CpaceMessage {
  readonly share: Uint8Array;
  readonly associatedData: Uint8Array;
}

/** Begins a run: maps the inputs to a generator and raises it to a fresh random scalar. */
export function startCpace(backend: CryptoBackend, inputs: CpaceInputs): CpaceShare {
  const generator = cpaceGenerator(inputs);
  const scalar = scalarFrom(backend.randomBytes(SCALAR_SEED_BYTES));
  return {
    share: generator.multiply(scalar).toBytes(),
    combine: (otherShare) => multiplyVerified(otherShare, scalar),
  };
}

/** ISK_IR: the key, bound to both messages in the order initiator, responder. */
export function cpaceSessionKey(run: {
  sid: Uint8Array;
  shared: Uint8Array;
  initiator: CpaceMessage;
  responder: CpaceMessage;
}): Uint8Array {
  const transcript = [run.initiator, run.responder].map(({ share, associatedData }) =>
    lvCat(share, associatedData),
  );
  return sha512(concatBytes(lvCat(DSI_ISK, run.sid, run.shared), ...transcript));
}

/** The element both parties derive from the inputs (calculate_generator). */
export function cpaceGenerator({ secret, channelId, sid }: CpaceInputs): Element {
  const padding = HASH_BLOCK_BYTES - 1 - lvCat(secret).length - lvCat(DSI).length;
  const text = lvCat(DSI, secret, new Uint8Array(Math.max(0, padding)), channelId, sid);
  return oneWayMap(sha512(text));
}

/** The element derivation of RFC 9496 from 64 bytes. The library's type leaves it optional because other groups lack it. */
function oneWayMap(uniform: Uint8Array): Element {
  const element = ristretto255_hasher.deriveToCurve?.(uniform);
  if (element === undefined) throw new CryptoError("self_test_failed", "ristretto255 has no one-way map");
  return element;
}

/** scalar_mult_vfy: undefined when `element` is not a canonical encoding or the result is neutral. */
export function multiplyVerified(element: Uint8Array, scalar: bigint): Uint8Array | undefined {
  let point: Element;
  try {
    point = ristretto255.Point.fromBytes(element);
  } catch {
    // Wrong length, not canonical, or not on the curve: all the same to the protocol.
    return undefined;
  }
  const product = point.multiply(scalar);
  return product.is0() ? undefined : product.toBytes();
}

/** Little-endian bytes modulo the group order; never zero, which nothing may be multiplied with. */
function scalarFrom(bytes: Uint8Array): bigint {
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  // Spreads over 1 … order-1: the loss of evenness is below 2^-250.
  return (value % (ristretto255.Point.Fn.ORDER - 1n)) + 1n;
}

/** lv_cat: each part behind its length in unsigned LEB128, so that no two lists of parts give the same bytes. */
export function lvCat(...parts: Uint8Array[]): Uint8Array {
  return concatBytes(...parts.flatMap((part) => [leb128(part.length), part]));
}

function leb128(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.from([...bytes, rest]);
}

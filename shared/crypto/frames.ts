/** The outer frames of protocol 2 (section 4): a type byte, then what the type says. Their limits, and the prologues. */
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { CPACE_SHARE_BYTES, CPACE_SID_BYTES } from "./cpace-sizes.ts";
import { AEAD_TAG_BYTES, KEY_BYTES } from "./primitives.ts";

export const FRAME = {
  /** Client to node: IK message 1, empty payload. */
  HS1: 0x01,
  /** Client to node: IKpsk1 message 1 under the secret of a link. */
  PAIR_QR: 0x02,
  /** Client to node: IKpsk1 message 1 under what CPace gave. */
  PAIR_CODE: 0x03,
  /** Client to node: sid 16, Ya 32. */
  CPACE_A: 0x04,
  /** Node to client: Yb 32, node public key 32. */
  CPACE_B: 0x05,
  /** Node to client: message 2 of either pattern. */
  HS2: 0x06,
  /** Both ways: a Noise transport message. */
  RECORD: 0x10,
} as const;

export type FrameType = (typeof FRAME)[keyof typeof FRAME];

/** Longest plaintext of a record, padding included, in bytes. */
export const MAX_RECORD_PLAINTEXT_BYTES = 63_488;
/** What a record frame has besides its plaintext: type and tag. */
export const RECORD_OVERHEAD_BYTES = 1 + AEAD_TAG_BYTES;

/** Longest payload in a handshake message, in bytes: a name, a token, a list of features. */
export const MAX_HANDSHAKE_PAYLOAD_BYTES = 4_096;
/** Type, ephemeral key, encrypted static key, encrypted payload: the longest handshake frame. */
export const MAX_HANDSHAKE_FRAME_BYTES =
  1 + KEY_BYTES + (KEY_BYTES + AEAD_TAG_BYTES) + (MAX_HANDSHAKE_PAYLOAD_BYTES + AEAD_TAG_BYTES);

export const CPACE_A_FRAME_BYTES = 1 + CPACE_SID_BYTES + CPACE_SHARE_BYTES;
export const CPACE_B_FRAME_BYTES = 1 + CPACE_SHARE_BYTES + KEY_BYTES;

/** A frame of `type` with this body. */
export function makeFrame(type: FrameType, ...body: Uint8Array[]): Uint8Array {
  return concatBytes(Uint8Array.of(type), ...body);
}

/** `ora/2`, the type byte of message 1 and, when pairing, the route: no handshake is another kind's, or another offer's. */
export function prologue(type: FrameType, route = ""): Uint8Array {
  return concatBytes(utf8ToBytes("ora/2"), Uint8Array.of(type), utf8ToBytes(route));
}

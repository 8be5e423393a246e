/**
 * CPace as typed codes use it (protocol section 4): who the parties are, what the secret is, and the pre-shared key that
 * comes out. The node's public key is associated data, so a relay that swaps it gets another key.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { TypedCode } from "#shared/protocol/pairing-code.ts";
import type { CryptoBackend } from "./backend.ts";
import { type CpaceShare, cpaceSessionKey, lvCat, startCpace } from "./cpace.ts";
import { pskFromCpace } from "./psk.ts";

const CLIENT = utf8ToBytes("ora/2 client");
const NODE = utf8ToBytes("ora/2 node");
const NOTHING = new Uint8Array(0);

/** Either side's half of a run over this code. */
export function startTypedCode(backend: CryptoBackend, code: TypedCode, sid: Uint8Array): CpaceShare {
  const channelId = lvCat(CLIENT, NODE, utf8ToBytes(code.route));
  return startCpace(backend, { secret: utf8ToBytes(code.secret), channelId, sid });
}

/** The key of the IKpsk1 handshake that follows. */
export function typedCodePsk(
  backend: CryptoBackend,
  run: {
    readonly sid: Uint8Array;
    /** What `combine` gave. */
    readonly shared: Uint8Array;
    readonly clientShare: Uint8Array;
    readonly nodeShare: Uint8Array;
    readonly nodePublicKey: Uint8Array;
  },
): Uint8Array {
  const { sid, shared, clientShare, nodeShare, nodePublicKey } = run;
  const initiator = { share: clientShare, associatedData: NOTHING };
  const responder = { share: nodeShare, associatedData: nodePublicKey };
  return pskFromCpace(backend, cpaceSessionKey({ sid, shared, initiator, responder }));
}

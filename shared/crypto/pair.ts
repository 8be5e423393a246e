/**
 * A device pairs with a node: with the secret of a link, or with a code its user typed (protocol section 5). Either
 * proves both sides to each other. A wrong code costs the node's owner that code, so nothing here tries twice.
 */

import type { TypedCode } from "#shared/protocol/pairing-code.ts";
import { type ClientChannel, type ClientOptions, exchange } from "./client-exchange.ts";
import { CPACE_SHARE_BYTES, CPACE_SID_BYTES } from "./cpace-sizes.ts";
import { closingOnError } from "./establish.ts";
import { FrameInbox, HANDSHAKE_TIMEOUT_MS } from "./frame-inbox.ts";
import { CPACE_B_FRAME_BYTES, FRAME, makeFrame } from "./frames.ts";
import type { HandshakeFailure } from "./handshake-failure.ts";
import { pskFromLinkSecret } from "./psk.ts";
import { startTypedCode, typedCodePsk } from "./typed-code.ts";

interface PairingOptions extends ClientOptions {
  /** What the client tells the node of itself, encrypted; at most 4,096 bytes. */
  readonly payload: Uint8Array;
}

export interface LinkPairingOptions extends PairingOptions {
  /** From the link, all three. */
  readonly offer: { readonly route: string; readonly nodePublicKey: Uint8Array; readonly secret: Uint8Array };
}

export interface CodePairingOptions extends PairingOptions {
  readonly code: TypedCode;
}

/** Pairs by link. Rejects only when the device's key cannot be used or an argument has the wrong length. */
export async function pairByLink(options: LinkPairingOptions): Promise<ClientChannel | HandshakeFailure> {
  const { backend, link, clock, timeoutMs = HANDSHAKE_TIMEOUT_MS, offer, payload } = options;
  const { route, nodePublicKey } = offer;
  const psk = pskFromLinkSecret(backend, offer.secret);
  const inbox = new FrameInbox(link, clock, timeoutMs);
  const message = { type: FRAME.PAIR_QR, nodePublicKey, payload, pairing: { route, psk } };
  return closingOnError(inbox, () => exchange({ ...options, inbox }, message));
}

/**
 * Pairs by typed code. The node's key comes from the node itself and is bound to the code; a wrong code shows as
 * `closed` with 4403. Rejects only when the device's key cannot be used.
 */
export async function pairByCode(options: CodePairingOptions): Promise<ClientChannel | HandshakeFailure> {
  const { backend, link, clock, timeoutMs = HANDSHAKE_TIMEOUT_MS, code, payload } = options;
  const inbox = new FrameInbox(link, clock, timeoutMs);
  return closingOnError(inbox, async () => {
    const sid = backend.randomBytes(CPACE_SID_BYTES);
    const own = startTypedCode(backend, code, sid);
    link.send(makeFrame(FRAME.CPACE_A, sid, own.share));

    const reply = await inbox.next();
    if (!(reply instanceof Uint8Array)) return reply;
    if (reply[0] !== FRAME.CPACE_B || reply.length !== CPACE_B_FRAME_BYTES) return inbox.fail("protocol");
    const nodeShare = reply.slice(1, 1 + CPACE_SHARE_BYTES);
    const nodePublicKey = reply.slice(1 + CPACE_SHARE_BYTES);
    const shared = own.combine(nodeShare);
    if (shared === undefined) return inbox.fail("refused");

    const psk = typedCodePsk(backend, { sid, shared, clientShare: own.share, nodeShare, nodePublicKey });
    const pairing = { route: code.route, psk };
    return exchange({ ...options, inbox }, { type: FRAME.PAIR_CODE, nodePublicKey, payload, pairing });
  });
}

/** A paired device opens an encrypted channel to its node: IK, one round trip (protocol section 4). */
import { type ClientChannel, type ClientOptions, exchange } from "./client-exchange.ts";
import { closingOnError } from "./establish.ts";
import { FrameInbox, HANDSHAKE_TIMEOUT_MS } from "./frame-inbox.ts";
import { FRAME } from "./frames.ts";
import type { HandshakeFailure } from "./handshake-failure.ts";

export interface SessionOptions extends ClientOptions {
  readonly nodePublicKey: Uint8Array;
}

/**
 * Opens a session. A node that does not know the device completes this too and says `denied` inside the channel.
 * Rejects only when the device's key cannot be used; the link is closed then.
 */
export async function openSession(options: SessionOptions): Promise<ClientChannel | HandshakeFailure> {
  const { link, clock, timeoutMs = HANDSHAKE_TIMEOUT_MS, nodePublicKey } = options;
  const inbox = new FrameInbox(link, clock, timeoutMs);
  const message = { type: FRAME.HS1, nodePublicKey, payload: new Uint8Array(0) };
  return closingOnError(inbox, () => exchange({ ...options, inbox }, message));
}

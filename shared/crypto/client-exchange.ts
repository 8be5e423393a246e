/** What the client's handshakes have in common: send message 1, read HS2, and there is a channel to a proven node. */

import { CryptoError } from "./crypto-error.ts";
import { type ChannelTools, establish } from "./establish.ts";
import type { FrameInbox } from "./frame-inbox.ts";
import {
  FRAME,
  MAX_HANDSHAKE_FRAME_BYTES,
  MAX_HANDSHAKE_PAYLOAD_BYTES,
  makeFrame,
  prologue,
} from "./frames.ts";
import type { HandshakeFailure } from "./handshake-failure.ts";
import type { StaticKey } from "./node-identity.ts";
import { Handshake } from "./noise.ts";
import type { SecureChannel } from "./secure-channel.ts";

/** A channel to the node that holds `nodePublicKey`: it has proved so. */
export interface ClientChannel {
  readonly ok: true;
  readonly channel: SecureChannel;
  /** Four digits, the same on the node's screen. */
  readonly checkNumber: string;
  /** What the node said in HS2, at most 4,096 bytes. */
  readonly payload: Uint8Array;
  readonly nodePublicKey: Uint8Array;
}

/** What every client handshake takes. */
export interface ClientOptions extends ChannelTools {
  /** This device's key for this node. */
  readonly deviceKey: StaticKey;
}

export interface Exchange {
  readonly type: typeof FRAME.HS1 | typeof FRAME.PAIR_QR | typeof FRAME.PAIR_CODE;
  readonly nodePublicKey: Uint8Array;
  readonly payload: Uint8Array;
  /** Both when pairing. */
  readonly pairing?: { readonly route: string; readonly psk: Uint8Array };
}

/** @throws CryptoError `too_long` for a payload above 4,096 bytes. */
export async function exchange(
  options: ClientOptions & { inbox: FrameInbox },
  { type, nodePublicKey, payload, pairing }: Exchange,
): Promise<ClientChannel | HandshakeFailure> {
  const { backend, link, deviceKey, inbox } = options;
  if (payload.length > MAX_HANDSHAKE_PAYLOAD_BYTES)
    throw new CryptoError("too_long", "a payload is too long");
  const handshake = new Handshake({
    backend,
    pattern: pairing === undefined ? "IK" : "IKpsk1",
    role: "initiator",
    prologue: prologue(type, pairing?.route),
    staticKey: deviceKey,
    remoteStatic: nodePublicKey,
    ...(pairing && { psk: pairing.psk }),
  });
  const message1 = await handshake.writeMessage(payload);
  if (message1 === undefined) return inbox.fail("refused");
  link.send(makeFrame(type, message1));

  const reply = await inbox.next();
  if (!(reply instanceof Uint8Array)) return reply;
  if (reply[0] !== FRAME.HS2 || reply.length > MAX_HANDSHAKE_FRAME_BYTES) return inbox.fail("protocol");
  const answer = await handshake.readMessage(reply.subarray(1));
  if (answer === undefined) return inbox.fail("refused");
  // A link that closed after HS2 still has what the node said before: perhaps "denied".
  if (inbox.failure !== undefined && inbox.failure.failure !== "closed") return inbox.failure;

  const { channel, checkNumber } = establish({ ...options, handshake, confirmed: true });
  inbox.settle();
  inbox.handOver(channel);
  return { ok: true, channel, checkNumber, payload: answer, nodePublicKey };
}

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

/** A handshake whose message 1 is made; undefined when the node's key is a low-order point. */
export interface Begun {
  readonly handshake: Handshake;
  readonly message1: Uint8Array | undefined;
}

/**
 * Makes message 1, which takes no link. Rejects when the device's key cannot be used.
 * @throws CryptoError `too_long` for a payload above 4,096 bytes.
 */
export async function begin(
  { backend, deviceKey }: Pick<ClientOptions, "backend" | "deviceKey">,
  { type, nodePublicKey, payload, pairing }: Exchange,
): Promise<Begun> {
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
  return { handshake, message1: await handshake.writeMessage(payload) };
}

/** Sends message 1 and reads HS2. `begun` was begun with the same message. */
export async function exchange(
  options: ClientOptions & { inbox: FrameInbox },
  message: Exchange,
  begun: Promise<Begun> = begin(options, message),
): Promise<ClientChannel | HandshakeFailure> {
  const { link, inbox } = options;
  const { type, nodePublicKey } = message;
  const { handshake, message1 } = await begun;
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

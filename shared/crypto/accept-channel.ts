/**
 * The node's side of every encrypted channel (protocol sections 4 and 5). A channel admits the one handshake it was
 * opened for. A link offer is consumed by the first valid PAIR_QR, and junk burns nothing; a typed offer by the first
 * CPACE_A, right or wrong. A session's first message changes no state: it may be forged or replayed.
 */
import { CPACE_SHARE_BYTES, CPACE_SID_BYTES } from "./cpace-sizes.ts";
import { CryptoError } from "./crypto-error.ts";
import { type ChannelTools, closingOnError, establish } from "./establish.ts";
import { FrameInbox, HANDSHAKE_TIMEOUT_MS } from "./frame-inbox.ts";
import {
  CPACE_A_FRAME_BYTES,
  FRAME,
  type FrameType,
  MAX_HANDSHAKE_FRAME_BYTES,
  MAX_HANDSHAKE_PAYLOAD_BYTES,
  makeFrame,
  prologue,
} from "./frames.ts";
import type { HandshakeFailure } from "./handshake-failure.ts";
import type { StaticKey } from "./node-identity.ts";
import { Handshake } from "./noise.ts";
import { pskFromLinkSecret } from "./psk.ts";
import type { SecureChannel } from "./secure-channel.ts";
import { startTypedCode, typedCodePsk } from "./typed-code.ts";

type ChannelKind = "session" | "link" | "code";

/** What the relay says the channel is for, and access to the offer behind it. The functions must be synchronous. */
export type ChannelOpening =
  | { readonly kind: "session" }
  | {
      readonly kind: "link";
      readonly route: string;
      /** The offer's 16 bytes, or undefined when it is gone. Changes nothing. */
      secret(): Uint8Array | undefined;
      /** Consumes the offer: true for exactly one caller. */
      take(): boolean;
    }
  | {
      readonly kind: "code";
      readonly route: string;
      /** Consumes the offer, and gives the four characters of its secret to exactly one caller. */
      take(): string | undefined;
    };

/** What a client's first message says. For a session it is a claim until the channel is `confirmed`. */
export interface ClientHello {
  readonly kind: ChannelKind;
  /** The device's public key. */
  readonly remoteStatic: Uint8Array;
  /** At most 4,096 bytes; empty for a session. */
  readonly payload: Uint8Array;
}

export interface AcceptOptions extends ChannelTools {
  readonly nodeKey: StaticKey;
  readonly opening: ChannelOpening;
  /** The payload of HS2, at most 4,096 bytes. For a session it must change nothing. */
  hs2Payload(hello: ClientHello): Uint8Array | Promise<Uint8Array>;
}

export interface AcceptedChannel extends ClientHello {
  readonly ok: true;
  readonly channel: SecureChannel;
  /** Four digits, the same on the client's screen. */
  readonly checkNumber: string;
}

export interface RefusedChannel extends HandshakeFailure {
  /** A typed offer was consumed for nothing: counts as a wrong guess. */
  readonly spentTypedCode: boolean;
}

/**
 * Awaits and answers the client's handshake. The deadline (10 s) goes on until the first valid record, so that a client
 * which cannot send one holds no channel. Rejects only when the node's key or `hs2Payload` fails; the link is closed then.
 */
export async function acceptChannel(options: AcceptOptions): Promise<AcceptedChannel | RefusedChannel> {
  const { link, clock, timeoutMs = HANDSHAKE_TIMEOUT_MS, opening } = options;
  const inbox = new FrameInbox(link, clock, timeoutMs);
  const acceptance = { ...options, inbox };
  let spentTypedCode = false;
  const result = await closingOnError(inbox, async () => {
    if (opening.kind === "session") return answer(acceptance, { type: FRAME.HS1 });
    if (opening.kind === "link") return acceptLink(acceptance, opening);
    return acceptCode(acceptance, opening, () => {
      spentTypedCode = true;
    });
  });
  return result.ok ? result : { ...result, spentTypedCode };
}

type Acceptance = AcceptOptions & { readonly inbox: FrameInbox };
type Opening<Kind extends ChannelKind> = Extract<ChannelOpening, { kind: Kind }>;
type Accepted = AcceptedChannel | HandshakeFailure;

async function acceptLink(acceptance: Acceptance, opening: Opening<"link">): Promise<Accepted> {
  const { backend, inbox } = acceptance;
  const secret = opening.secret();
  if (secret === undefined) return inbox.fail("offer_gone");
  const pairing = { route: opening.route, psk: pskFromLinkSecret(backend, secret) };
  return answer(acceptance, { type: FRAME.PAIR_QR, pairing, take: () => opening.take() });
}

async function acceptCode(
  acceptance: Acceptance,
  opening: Opening<"code">,
  spent: () => void,
): Promise<Accepted> {
  const { backend, inbox, link, nodeKey } = acceptance;
  const first = await inbox.next();
  if (!(first instanceof Uint8Array)) return first;
  if (first[0] !== FRAME.CPACE_A || first.length !== CPACE_A_FRAME_BYTES) return inbox.fail("protocol");
  const secret = opening.take();
  if (secret === undefined) return inbox.fail("offer_gone");
  spent();

  const sid = first.slice(1, 1 + CPACE_SID_BYTES);
  const clientShare = first.slice(1 + CPACE_SID_BYTES, 1 + CPACE_SID_BYTES + CPACE_SHARE_BYTES);
  const own = startTypedCode(backend, { route: opening.route, secret }, sid);
  const shared = own.combine(clientShare);
  if (shared === undefined) return inbox.fail("refused");
  const nodePublicKey = nodeKey.publicKey;
  link.send(makeFrame(FRAME.CPACE_B, own.share, nodePublicKey));
  const psk = typedCodePsk(backend, { sid, shared, clientShare, nodeShare: own.share, nodePublicKey });
  return answer(acceptance, { type: FRAME.PAIR_CODE, pairing: { route: opening.route, psk } });
}

interface Expected {
  readonly type: FrameType;
  readonly pairing?: { readonly route: string; readonly psk: Uint8Array };
  /** Consumes the offer once message 1 has proved valid. */
  readonly take?: () => boolean;
}

/** Reads message 1 of the expected type and answers with HS2. */
async function answer(acceptance: Acceptance, { type, pairing, take }: Expected): Promise<Accepted> {
  const { backend, inbox, link, nodeKey, opening, hs2Payload } = acceptance;
  const frame = await inbox.next();
  if (!(frame instanceof Uint8Array)) return frame;
  if (frame[0] !== type || frame.length > MAX_HANDSHAKE_FRAME_BYTES) return inbox.fail("protocol");
  const handshake = new Handshake({
    backend,
    pattern: pairing === undefined ? "IK" : "IKpsk1",
    role: "responder",
    prologue: prologue(type, pairing?.route),
    staticKey: nodeKey,
    ...(pairing && { psk: pairing.psk }),
  });
  const payload = await handshake.readMessage(frame.subarray(1));
  const { remoteStatic } = handshake;
  if (payload === undefined || remoteStatic === undefined) return inbox.fail("refused");
  // Who has left meanwhile consumes nothing.
  if (inbox.failure !== undefined) return inbox.failure;
  if (type === FRAME.HS1 && payload.length > 0) return inbox.fail("protocol");
  if (take !== undefined && !take()) return inbox.fail("offer_gone");

  const hello: ClientHello = { kind: opening.kind, remoteStatic, payload };
  const own = await hs2Payload(hello);
  if (own.length > MAX_HANDSHAKE_PAYLOAD_BYTES) throw new CryptoError("too_long", "a payload is too long");
  const message2 = await handshake.writeMessage(own);
  if (message2 === undefined) return inbox.fail("refused");
  if (inbox.failure !== undefined) return inbox.failure;
  link.send(makeFrame(FRAME.HS2, message2));

  const { channel, checkNumber } = establish({ ...acceptance, handshake, confirmed: false });
  channel.onConfirmed(() => inbox.settle());
  inbox.handOver(channel);
  return { ok: true, ...hello, channel, checkNumber };
}

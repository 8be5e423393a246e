/**
 * The client library (protocol sections 2 to 5): pair with a PC once, then reach the API on it through an encrypted
 * session, from a browser or from Node. What differs between the two (sockets, keys, time) is handed in.
 */
import { type CryptoBackend, createCryptoBackend } from "#shared/crypto/backend.ts";
import type { StaticKey } from "#shared/crypto/node-identity.ts";
import { type MuxClock, systemClock } from "#shared/mux/clock.ts";
import { AGENT } from "#shared/protocol/version.ts";
import type { ChannelTools } from "./channel.ts";
import { type ConnectArguments, connectSession, type RelaySession } from "./connect-session.ts";
import { type Pairing, pair } from "./pairing.ts";
import { type OfferContext, readPairingOffer } from "./pairing-offer.ts";
import type { PairingRecord } from "./pairing-record.ts";
import { RelayError } from "./relay-error.ts";
import type { SocketFactory } from "./socket.ts";

export type { ConnectArguments, RelaySession };

export interface RelayClientOptions {
  readonly sockets: SocketFactory;
  /** Left out: made here, which takes some milliseconds. */
  readonly backend?: CryptoBackend;
  readonly clock?: MuxClock;
  /** Wall time, Unix milliseconds. */
  readonly now?: () => number;
  /** From 0 up to 1, for jitter. */
  readonly random?: () => number;
  readonly schedule?: (run: () => void) => void;
}

export interface PairArguments extends OfferContext {
  /** A key made for this pairing and no other. */
  readonly deviceKey: StaticKey;
  /** What the PC's list of devices is to call this one. */
  readonly name: string;
  /** Which program this is; left out: this library. */
  readonly client?: string;
  readonly signal?: AbortSignal;
}

export interface RelayClient {
  /**
   * Pairs by link or typed code, once. Throws RelayError for what is neither, before anything is sent. The check number
   * is there before the PC has confirmed.
   */
  pair(text: string, options: PairArguments): Promise<Pairing>;
  /** Connects and stays connected. Throws RelayError `revoked` for a record that is marked so. */
  connect(record: PairingRecord, options: ConnectArguments): RelaySession;
}

export function createRelayClient(options: RelayClientOptions): RelayClient {
  const { now = Date.now, random = Math.random } = options;
  const tools: ChannelTools = {
    sockets: options.sockets,
    backend: options.backend ?? createCryptoBackend(),
    clock: options.clock ?? systemClock(),
    schedule: options.schedule,
  };
  return {
    async pair(text, { deviceKey, name, client = AGENT, signal, ...context }) {
      const offer = readPairingOffer(text, context);
      if (!("kind" in offer)) throw new RelayError(offer);
      return pair(tools, { offer, deviceKey, request: { name, client }, signal });
    },
    connect: (record, connectOptions) => connectSession({ tools, now, random }, record, connectOptions),
  };
}

/** A device: the client library as a program would use it, paired through a real relay. */
import type { PairingRecord } from "#shared/client/pairing-record.ts";
import {
  type ConnectArguments,
  createRelayClient,
  type RelayClientOptions,
  type RelaySession,
} from "#shared/client/relay-client.ts";
import { createCryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { type StaticKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { wsSockets } from "../../desktop/connect/ws-sockets.ts";
import { until } from "./until.ts";

export interface PairedDevice {
  readonly record: PairingRecord;
  readonly deviceKey: StaticKey;
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
  readonly checkNumber: string;
  connect(options?: Partial<ConnectArguments>): RelaySession;
  /** A session through another address of the relay. */
  connectThrough(relayUrl: string, options?: Partial<ConnectArguments>): RelaySession;
}

export interface PairWith extends Partial<RelayClientOptions> {
  /** The link or typed code. */
  readonly text: string;
  /** An `http://` origin. */
  readonly relay: string;
  readonly name?: string;
}

/** Pairs once. Rejects with the library's RelayError. */
export async function pairDevice({
  text,
  relay,
  name = "phone",
  ...options
}: PairWith): Promise<PairedDevice> {
  const backend = options.backend ?? createCryptoBackend();
  const client = createRelayClient({ sockets: wsSockets(), ...options, backend });
  const privateKey = generatePrivateKey(backend);
  const deviceKey = staticKeyFromPrivate(backend.x25519, privateKey);
  const pairing = await client.pair(text, { deviceKey, name, relay });
  const record = await pairing.completed;
  return {
    record,
    deviceKey,
    privateKey,
    checkNumber: pairing.checkNumber,
    connectThrough: (relayUrl, options) => client.connect({ ...record, relayUrl }, { deviceKey, ...options }),
    connect: (options) => client.connect(record, { deviceKey, ...options }),
  };
}

/** Resolves when the session is in this state. */
export function sessionIs(session: RelaySession, status: RelaySession["state"]["status"]): Promise<void> {
  return until(`the session was ${status}`, () => session.state.status === status);
}

/**
 * Lets this origin in at the PC by the link that the relay's page has brought: a key of its own, in the browser's hands
 * where it can be, and a record of the pairing. What is pending is remembered before the PC confirms, so that a page
 * that is closed meanwhile has lost nothing.
 */
import { browserSockets } from "#shared/client/browser-socket.ts";
import { createRelayClient } from "#shared/client/relay-client.ts";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { keepableKey } from "../../keys/keepable-key.ts";
import { StorageError } from "../../keys/storage-error.ts";
import { usableKey } from "../../keys/stored-key.ts";
import type { Memory } from "../worker/remembered.ts";

/** Rejects with StorageError, before anything was sent, or with RelayError. */
export async function enrol(options: {
  readonly offer: string;
  readonly relay: string;
  /** What the PC's list is to call this browser's app. */
  readonly name: string;
  readonly memory: Memory;
  readonly subtle: SubtleCrypto | undefined;
}): Promise<void> {
  const { offer, relay, name, memory, subtle } = options;
  const backend = createCryptoBackend();
  const key = await keepableKey({ backend, subtle, probe: (tried) => memory.probe(tried) });
  if (key instanceof StorageError) throw key;
  const client = createRelayClient({ sockets: browserSockets(), backend });
  const pairing = await client.pair(offer, { relay, name, deviceKey: usableKey(key, backend, subtle) });
  const pairedAt = Date.now();
  await memory.storePairing({ record: pairing.pending, key, pairedAt });
  await memory.storePairing({ record: await pairing.completed, key, pairedAt });
}

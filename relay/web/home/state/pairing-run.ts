/**
 * One pairing, from the tap to the PC's word. The key is made, and that it can be kept is tried, before anything goes
 * to the network: a code is good once and must not be spent on what gets lost. What both sides agreed on is stored before
 * the PC has confirmed it.
 */

import type { ChannelTools } from "#shared/client/channel.ts";
import { pair } from "#shared/client/pairing.ts";
import { readPairingOffer } from "#shared/client/pairing-offer.ts";
import type { ProblemCode } from "#shared/client/problem.ts";
import { RelayError } from "#shared/client/relay-error.ts";
import { AGENT } from "#shared/protocol/version.ts";
import { keepableKey } from "../../keys/keepable-key.ts";
import type { PairingStore, StoredPairing } from "../../keys/pairing-store.ts";
import { StorageError } from "../../keys/storage-error.ts";
import { generateStoredKey, type StoredKey, usableKey } from "../../keys/stored-key.ts";
import type { Pcs } from "./pcs.ts";

export interface PairingRunOptions {
  readonly tools: ChannelTools;
  readonly subtle: SubtleCrypto | undefined;
  readonly store: () => Promise<PairingStore | StorageError>;
  readonly pcs: Pcs;
  readonly now: () => number;
  /** A fresh id. */
  readonly newId: () => string;
}

export interface PairingRequest {
  readonly text: string;
  readonly relay: string;
  readonly deviceName: string;
  /** Its user knows that it goes with the tab. */
  readonly mayBeLost: boolean;
  readonly signal: AbortSignal;
  /** Both sides have proved themselves; the PC has yet to confirm. */
  readonly checking: (checkNumber: string, pcName: string) => void;
}

export type PairingOutcome =
  | { readonly kind: "paired"; readonly id: string; readonly checkNumber: string; readonly isKept: boolean }
  | { readonly kind: "failed"; readonly code: ProblemCode; readonly detail?: string }
  /** Nothing was sent: this browser keeps nothing. */
  | { readonly kind: "not_kept"; readonly why: StorageError["code"] }
  | { readonly kind: "cancelled" };

export async function runPairing(
  options: PairingRunOptions,
  request: PairingRequest,
): Promise<PairingOutcome> {
  const { tools, subtle, pcs, now, newId } = options;
  const { text, relay, deviceName: name, signal } = request;
  const offer = readPairingOffer(text, { relay });
  if (!("kind" in offer)) return { kind: "failed", code: offer.code };
  const key = await keyFor(options, request.mayBeLost);
  if (key instanceof StorageError) return { kind: "not_kept", why: key.code };
  const id = newId();
  let isStored = false;
  try {
    const deviceKey = usableKey(key, tools.backend, subtle);
    const pairing = await pair(tools, { offer, deviceKey, request: { name, client: AGENT }, signal });
    const { pending, checkNumber } = pairing;
    const stored: StoredPairing = { id, record: pending, key, pairedAt: now() };
    isStored = true;
    await pcs.put(stored, { mayConnect: false });
    request.checking(checkNumber, pending.nodeName);
    const record = await pairing.completed;
    const isKept = await pcs.put({ ...stored, record, pairedAt: now() }, { mayConnect: true });
    return { kind: "paired", id, checkNumber, isKept };
  } catch (error) {
    const isOpen = error instanceof RelayError && error.code === "pairing_unconfirmed";
    // Only the first session can tell whether the PC has stored this device.
    if (isOpen) pcs.decide(id);
    else if (isStored) await discard(pcs, id);
    if (signal.aborted) return { kind: "cancelled" };
    if (!(error instanceof RelayError)) throw error;
    const { code, detail } = error.problem;
    return { kind: "failed", code, ...(detail !== undefined && { detail }) };
  }
}

/** What stays, because the storage refuses, is decided by its first session. */
async function discard(pcs: Pcs, id: string): Promise<void> {
  try {
    await pcs.forget(id);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
  }
}

/** Any form of key where nothing is going to be kept. */
async function keyFor(
  { tools: { backend }, subtle, store }: PairingRunOptions,
  mayBeLost: boolean,
): Promise<StoredKey | StorageError> {
  if (mayBeLost) return generateStoredKey(backend, subtle);
  const opened = await store();
  if (opened instanceof StorageError) return opened;
  return keepableKey({ backend, subtle, probe: (key) => opened.probe(key) });
}

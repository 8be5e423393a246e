/**
 * Pairs with a PC and remembers it: under the name that was asked for, else the one it had, else what it calls itself.
 * It is stored before the PC has confirmed, so that a confirmation that gets lost costs nothing.
 */
import { hostname } from "node:os";
import { generateDeviceKey } from "#shared/client/device-key.ts";
import type { PairingRecord } from "#shared/client/pairing-record.ts";
import { describeProblem } from "#shared/client/problem.ts";
import type { RelayClient } from "#shared/client/relay-client.ts";
import { RelayError } from "#shared/client/relay-error.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { VERSION } from "#shared/protocol/version.ts";
import { isUsableName, type PairingStore, type RememberedPc, slugOf } from "./pairing-store.ts";

export interface PairWithOptions {
  /** A link or a code. */
  readonly text: string;
  readonly command: { readonly name: string | undefined; readonly relay: string | undefined };
  readonly config: { readonly relayUrl: string };
  readonly client: RelayClient;
  readonly backend: CryptoBackend;
  readonly store: PairingStore;
  /** Why it will not be remembered, when it will not. */
  readonly remark: string | undefined;
  readonly say: (line: string) => void;
  readonly stop: AbortSignal;
}

/** @throws RelayError when nothing came of it; SecretsError when it cannot be stored. */
export async function pairWith(options: PairWithOptions): Promise<RememberedPc> {
  const { text, command, config, client, backend, store, remark, say, stop } = options;
  const device = generateDeviceKey(backend);
  say("pairing");
  const pairing = await client.pair(text, {
    deviceKey: device.key,
    name: hostname(),
    client: `ora-connect/${VERSION}`,
    relay: command.relay,
    defaultRelay: config.relayUrl,
    signal: stop,
  });
  const { pending } = pairing;
  const name = await freeName(store, command.name, pending);
  const former = await store.find(name);
  const pc = { name, record: pending, privateKey: device.privateKey };
  await store.save(pc);
  say(`check number ${pairing.checkNumber}: ${pending.nodeName} has to show the same`);
  try {
    const record = await pairing.completed;
    await store.save({ ...pc, record });
    const kept = remark === undefined ? `, remembered as ${name}` : `, until this program ends: ${remark}`;
    say(`paired with ${pending.nodeName}${kept}`);
    return { ...pc, record };
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    if (error.code === "pairing_unconfirmed") {
      say(describeProblem(error.problem));
      return pc;
    }
    // An older pairing with the same PC is as good as it was.
    if (former === undefined) await store.forget(name);
    else await store.save(former);
    throw error;
  }
}

/** The name that was asked for, else the one this PC had, else what it calls itself; never another PC's. */
async function freeName(
  store: PairingStore,
  wanted: string | undefined,
  { nodeId, nodeName }: PairingRecord,
): Promise<string> {
  const { pcs, damaged } = await store.list();
  const former = pcs.find(({ record }) => record.nodeId === nodeId)?.name;
  const base = wanted ?? former ?? (isUsableName(nodeName) ? nodeName : "PC");
  const others = pcs.filter(({ record }) => record.nodeId !== nodeId).map(({ name }) => name);
  const taken = new Set([...others, ...damaged].map(slugOf));
  let name = base;
  for (let number = 2; taken.has(slugOf(name)); number += 1) name = `${base.slice(0, 50)}-${number}`;
  return name;
}

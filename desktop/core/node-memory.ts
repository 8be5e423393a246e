/** What the node remembers, read from its secret store at the start. Items that cannot be read are told and left alone. */
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import type { StaticKey } from "#shared/crypto/node-identity.ts";
import { loadRules, type RuleBook } from "./access-rules/rule-book.ts";
import { cookieHosts } from "./apps/app-place.ts";
import type { Clock } from "./clock.ts";
import type { NodeConfig } from "./config.ts";
import { type CookieJars, loadCookieJars } from "./cookie-jar/cookie-jars.ts";
import { jarDirectory, jarFiles, noJarFiles } from "./cookie-jar/jar-files.ts";
import { ClockCheck } from "./devices/clock-check.ts";
import { type DeviceRegistry, loadDevices } from "./devices/device-registry.ts";
import { loadNodeKey } from "./identity/node-key.ts";
import type { CoreEvent } from "./node-event.ts";
import { loadOwnerHeaders, type OwnerHeaders } from "./owner-headers/owner-headers.ts";
import {
  loadPlaintextRevocations,
  type PlaintextRevocations,
} from "./relay-session/plaintext-revocations.ts";
import type { SecretStore } from "./secrets/secret-store.ts";

export interface NodeMemory {
  readonly nodeKey: StaticKey;
  readonly devices: DeviceRegistry;
  /** What devices expire by. */
  readonly clockCheck: ClockCheck;
  readonly rules: RuleBook;
  readonly headers: OwnerHeaders;
  readonly revocations: PlaintextRevocations;
  /** Of web apps. */
  readonly jars: CookieJars;
}

export interface NodeMemoryOptions {
  readonly store: SecretStore;
  readonly backend: CryptoBackend;
  readonly clock: Clock;
  readonly config: Pick<NodeConfig, "deviceExpiryMs" | "stateDir" | "api" | "relayUrl">;
  readonly event: (event: CoreEvent) => void;
}

/** @throws {SecretsError} when the store fails, or the node's key is damaged. */
export async function loadNodeMemory(options: NodeMemoryOptions): Promise<NodeMemory> {
  const { store, backend, clock, config, event } = options;
  const nodeKey = await loadNodeKey({ store, backend });
  const clockCheck = new ClockCheck({
    clock,
    doubtful: (aheadMs) => event({ kind: "clock_doubtful", aheadMs }),
  });
  const onStoreError = (error: unknown) => event({ kind: "store_failed", error });
  let jars: CookieJars | undefined;
  const devices = await loadDevices({
    store,
    clock,
    randomBytes: backend.randomBytes,
    expiryMs: config.deviceExpiryMs,
    clockIsPlausible: () => clockCheck.isPlausible(),
    onStoreError,
    appForgotten: (id) => jars?.forget(id) ?? Promise.resolve(),
  });
  jars = await loadCookieJars({
    files: store.kind === "memory" ? noJarFiles : jarFiles(jarDirectory(config.stateDir, store.kind)),
    store,
    clock,
    hosts: cookieHosts(config.api, config.relayUrl.host),
    isApp: (id) => devices.get(id)?.app === true,
    onStoreError,
  });
  const rules = await loadRules(store);
  const headers = await loadOwnerHeaders(store);
  const revocations = await loadPlaintextRevocations({ store, clock, onStoreError });
  for (const { damaged } of [devices, jars, rules, headers, revocations])
    for (const item of damaged) event({ kind: "damaged", item });
  return { nodeKey, devices, clockCheck, rules, headers, revocations, jars };
}

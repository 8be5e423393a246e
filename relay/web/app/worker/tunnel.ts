/**
 * The worker's own connection to the PC: made when it is first needed, from what this origin remembers, and kept as
 * long as the worker lives. It knows where the app believes to be, and tells what changes.
 */
import { browserSockets } from "#shared/client/browser-socket.ts";
import type { PairingRecord } from "#shared/client/pairing-record.ts";
import { createRelayClient, type RelaySession } from "#shared/client/relay-client.ts";
import { RelayError } from "#shared/client/relay-error.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { FEATURE, type ReadableCookie } from "#shared/protocol/v2/app-messages.ts";
import { usableKey } from "../../keys/stored-key.ts";
import type { AppPlace } from "../rewrite/url-map.ts";
import type { Memory } from "./remembered.ts";

/** How long the first request waits for the PC to say where the app believes to be. Milliseconds. */
const PLACE_WAIT_MS = 10_000;

export interface TunnelHandlers {
  cookiesChanged(cookies: readonly ReadableCookie[]): void;
  /** The PC's own word: it is over. */
  revoked(): void;
}

export interface Tunnel {
  readonly session: RelaySession;
  /** What the PC knows this origin by. */
  readonly device: string;
  /** What the PC calls itself. */
  readonly name: () => string;
  /** Rejects with a RelayError when there is no connection to ask on. */
  place(): Promise<AppPlace>;
}

export interface TunnelOptions {
  readonly memory: Memory;
  readonly backend: CryptoBackend;
  readonly origin: string;
  readonly subtle: SubtleCrypto | undefined;
  readonly handlers: TunnelHandlers;
}

/** Undefined when this origin is not paired. Rejects with RelayError `revoked`, or with StorageError. */
export async function openTunnel(options: TunnelOptions): Promise<Tunnel | undefined> {
  const { memory, backend, origin, subtle, handlers } = options;
  const { pairing, place: known } = await memory.read();
  if (pairing === undefined) return undefined;
  let place: AppPlace | undefined = known === undefined ? undefined : { origin, ...known };
  let placeSaid: (() => void)[] = [];
  const setPlace = (said: Omit<AppPlace, "origin"> & { readonly name: string }) => {
    const isNew = JSON.stringify({ origin, ...said }) !== JSON.stringify(place);
    place = { origin, ...said };
    // Without it the next worker only has to wait for the PC's word.
    if (isNew) memory.storePlace(said).catch(() => undefined);
    for (const tell of placeSaid) tell();
    placeSaid = [];
  };
  const session = createRelayClient({ sockets: browserSockets(), backend }).connect(pairing.record, {
    deviceKey: usableKey(pairing.key, backend, subtle),
    recordChanged: (record: PairingRecord) => {
      // Should it be lost, the PC says it again.
      memory.storePairing({ ...pairing, record }).catch(() => undefined);
    },
    stateChanged: ({ status }) => {
      if (status === "revoked") handlers.revoked();
      const isOrdinary = status === "connected" && !session.features.includes(FEATURE.APPS);
      if (isOrdinary) setPlace({ aliases: [origin], basePath: "", name: pairing.record.nodeName });
      for (const tell of placeSaid) if (status === "waiting" || status === "revoked") tell();
    },
    appChanged: ({ origins, basePath, name }) => setPlace({ aliases: origins, basePath, name }),
    cookiesChanged: (cookies) => handlers.cookiesChanged(cookies),
  });
  return {
    session,
    device: pairing.record.deviceId,
    name: () => pairing.label ?? pairing.record.nodeName,
    async place() {
      if (place !== undefined) return place;
      await new Promise<void>((resolve) => {
        placeSaid.push(resolve);
        setTimeout(resolve, PLACE_WAIT_MS);
      });
      if (place !== undefined) return place;
      throw new RelayError(session.door.problem ?? { code: "no_answer" });
    },
  };
}

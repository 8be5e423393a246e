/** Serves a remembered PC until its user stops it, or the PC does not want this machine any more. */
import type { RelayClient } from "#shared/client/relay-client.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { systemClock } from "../core/clock.ts";
import type { LocalServer } from "./local-server.ts";
import { narrator } from "./narrator.ts";
import type { PairingStore, RememberedPc } from "./pairing-store.ts";
import { patientDoor } from "./patience.ts";

export interface ServeOptions {
  readonly pc: RememberedPc;
  readonly client: RelayClient;
  readonly backend: CryptoBackend;
  readonly store: PairingStore;
  readonly server: LocalServer;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly stop: AbortSignal;
}

export type ServeEnd = "stopped" | "revoked";

/** @throws RelayError `revoked` when the PC said so before. */
export async function serve(options: ServeOptions): Promise<ServeEnd> {
  const { pc, client, backend, store, server, say, complain, stop } = options;
  let isPausing = false;
  let saved: Promise<void> = Promise.resolve();
  const tell = narrator({ name: pc.name, now: Date.now, say });
  const ended = new Promise<ServeEnd>((resolve) => {
    const session = client.connect(pc.record, {
      deviceKey: staticKeyFromPrivate(backend.x25519, pc.privateKey),
      stateChanged: (state) => {
        isPausing = state.status === "waiting";
        tell(state);
        if (state.status === "revoked") resolve("revoked");
        if (state.status === "closed") resolve("stopped");
      },
      recordChanged: (record) => {
        saved = saved
          .then(() => store.save({ ...pc, record }))
          .catch((error: unknown) =>
            complain(error instanceof Error ? error.message : "cannot store the pairing"),
          );
      },
    });
    stop.addEventListener("abort", () => session.close());
    if (stop.aborted) session.close();
    server.serve(patientDoor({ door: session.door, clock: systemClock, isPausing: () => isPausing }));
    say(`listening on http://127.0.0.1:${server.port}`);
  });
  const end = await ended;
  await saved;
  return end;
}

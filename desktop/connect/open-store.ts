/** Opens the store that `ora-connect` remembers PCs in, and says when it keeps nothing, and what would. */
import { systemClock } from "../core/clock.ts";
import { chooseSecrets } from "../core/secrets/choose.ts";
import { keychainSecrets } from "../core/secrets/keychain.ts";
import type { ConnectConfig } from "./config.ts";
import { type PairingStore, pairingStore } from "./pairing-store.ts";

/** What the items are filed under in a keychain: the same as the node's. */
const SERVICE = "ora-relay";

export async function openPairingStore({
  secrets,
  stateDir,
}: ConnectConfig): Promise<{ store: PairingStore; remark?: string }> {
  const { store, because } = await chooseSecrets({
    choice: secrets,
    stateDir,
    openKeychain: () => keychainSecrets({ service: SERVICE, clock: systemClock }),
    otherwise: "memory",
  });
  const opened = pairingStore(store);
  if (store.kind !== "memory") return { store: opened };
  const why = because === undefined ? "ORA_NODE_SECRETS=memory" : "this machine has no usable keychain";
  return {
    store: opened,
    remark: `nothing is remembered here (${why}); to keep pairings, set ORA_NODE_SECRETS=file on this machine`,
  };
}

/** Opens the store that `ora-connect` remembers PCs in, and says so when they will not be remembered. */
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
  if (because === undefined) return { store: opened };
  return {
    store: opened,
    remark: `not remembered for next time: ${because.message.replace(/ or ORA_NODE_SECRETS=memory$/, "")}`,
  };
}

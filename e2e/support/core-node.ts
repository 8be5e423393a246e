/** A real node inside the test's own process. */
import { type CryptoBackend, createCryptoBackend } from "#shared/crypto/backend.ts";
import { type Clock, systemClock } from "../../desktop/core/clock.ts";
import { loadNodeConfig } from "../../desktop/core/config.ts";
import { type NodeCore, startNodeCore } from "../../desktop/core/node-core.ts";
import type { CoreEvent } from "../../desktop/core/node-event.ts";
import { memorySecrets } from "../../desktop/core/secrets/memory.ts";
import type { SecretStore } from "../../desktop/core/secrets/secret-store.ts";
import { until } from "./until.ts";

export interface CoreNode {
  readonly node: NodeCore;
  readonly events: readonly CoreEvent[];
  readonly store: SecretStore;
  /** The link on offer, as soon as there is one other than `used`. */
  link(used?: string): Promise<string>;
  /** The same for typed codes. */
  typedCode(used?: string): Promise<string>;
}

export interface CoreNodeOptions {
  /** An `http://` origin. */
  readonly relay: string;
  readonly api: string;
  readonly env?: Record<string, string>;
  readonly clock?: Clock;
  readonly backend?: CryptoBackend;
  readonly machineName?: string;
  /** Left out: in memory. */
  readonly store?: SecretStore;
}

export async function startCoreNode(options: CoreNodeOptions): Promise<CoreNode> {
  const env = { ORA_RELAY_URL: options.relay, ORA_NODE_API_BASE_URL: options.api, ...options.env };
  const events: CoreEvent[] = [];
  const store = options.store ?? memorySecrets();
  const node = await startNodeCore({
    config: loadNodeConfig(env, { platform: "linux", home: "/nowhere" }),
    env,
    clock: options.clock ?? systemClock,
    backend: options.backend ?? createCryptoBackend(),
    store,
    machineName: options.machineName ?? "desk",
    event: (event) => events.push(event),
  });
  const offered = async (what: string, used: string | undefined, look: () => string | undefined) => {
    let found: string | undefined;
    await until(what, () => {
      found = look();
      return found !== undefined && found !== used;
    });
    return found ?? "";
  };
  return {
    node,
    events,
    store,
    link: (used) => offered("the node showed a link", used, () => node.pairingLink),
    typedCode: (used) => offered("the node showed a code", used, () => node.offerView.typed?.code),
  };
}

/** Whether a certificate may be asked for a host name: the relay's own, or the app origin of a node that is online. */
import { hasOriginPerNode } from "#shared/protocol/v2/app-origin.ts";
import type { AppOrigins } from "../app-origins.ts";
import type { Elsewhere } from "../elsewhere/elsewhere.ts";
import type { Hub } from "../hub.ts";

/** `name` is a host name without a port, as a stranger gave it. */
export async function servesName(
  relay: {
    readonly config: { readonly publicUrl: string | undefined };
    readonly apps: AppOrigins | undefined;
    readonly hub: Pick<Hub, "get">;
    readonly elsewhere: Elsewhere | undefined;
  },
  name: string,
): Promise<boolean> {
  const { publicUrl } = relay.config;
  const host = name.toLowerCase();
  if (publicUrl !== undefined && new URL(publicUrl).hostname === host) return true;
  if (relay.apps?.isAppHost(host) !== true) return false;
  // A fixed origin for apps is one name; among sub-domains, anybody could think of any number of ids.
  const [label = ""] = host.split(".");
  if (!hasOriginPerNode(relay.apps.template(0)) || relay.hub.get(label) !== undefined) return true;
  return (await relay.elsewhere?.nodes.isOnlineElsewhere(label)) === true;
}

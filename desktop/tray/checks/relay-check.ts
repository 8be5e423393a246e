/**
 * The test of a relay's address, hop by hop: name, TCP, TLS, whether a relay of this protocol answers, and whether it
 * accepts a node. It speaks with a key made for this once, so that the node that may be connected there is not disturbed,
 * and registers nothing. What the other side says is reduced to codes.
 */
import { RELAY_HOPS, type RelayHop, type RelayTest } from "../../windows/contract/results.ts";
import { hostAndPort, reach, reachTls, resolveName } from "./network-hops.ts";
import { detailOf, type Outcome } from "./outcome.ts";
import { greetRelay, type RelayGreetingOptions } from "./relay-greeting.ts";

export type RelayCheckOptions = RelayGreetingOptions;

/** Never rejects. */
export async function checkRelay(options: RelayCheckOptions): Promise<RelayTest> {
  const { url, proxy, clock } = options;
  const began = clock.now();
  const first = hostAndPort(proxy ?? url);
  const isSecure = url.protocol === "wss:";
  const states = new Map<RelayHop, "ok" | "failed" | "skipped">();
  let protocol: string | undefined;

  const report = (detail?: string): RelayTest => {
    const isWhole = !states.has("node") ? false : states.get("node") === "ok";
    return {
      hops: RELAY_HOPS.map((hop) => ({ hop, state: states.get(hop) ?? "skipped" })),
      ...(protocol !== undefined && { protocol }),
      ...(isWhole && { ms: clock.now() - began }),
      ...(detail !== undefined && { detail }),
    };
  };
  const settle = (hop: RelayHop, outcome: Outcome): outcome is { ok: true } => {
    states.set(hop, outcome.ok ? "ok" : "failed");
    return outcome.ok;
  };

  const name = await resolveName(first.host, clock);
  if (!settle("name", name)) return report(detailOf(name));
  const tcp = await reach(first, clock);
  if (!settle("tcp", tcp)) return report(detailOf(tcp));
  // Behind a proxy TLS begins after its CONNECT, as part of the dial.
  if (isSecure && proxy === undefined) {
    const tls = await reachTls(first, clock);
    if (!settle("tls", tls)) return report(detailOf(tls));
  }
  const relay = await greetRelay(options);
  if (relay.kind === "failed") {
    if (isSecure && proxy !== undefined)
      states.set("tls", relay.code === "relay_untrusted" ? "failed" : "ok");
    if (relay.code !== "relay_untrusted") states.set("relay", "failed");
    return report(relay.detail ?? relay.code);
  }
  if (isSecure) states.set("tls", "ok");
  states.set("relay", "ok");
  protocol = "2";
  settle("node", relay.node);
  return report(detailOf(relay.node));
}

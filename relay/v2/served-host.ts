/**
 * For which host names a node's proof counts here (protocol section 3). A proof names the relay it is meant for, or
 * one relay could pass it on to another; so a relay must know its own name, and one that strangers can reach without
 * knowing it serves no protocol 2 at all.
 */
import { isLoopbackHost, relayHost } from "#shared/protocol/v2/relay-host.ts";

/** Whether a proof for `host` (`name:port`) is meant for this relay. */
export type ServesHost = (host: string) => boolean;

/** Undefined when protocol 2 cannot be served. */
export function servedHost(config: {
  readonly host: string;
  readonly publicUrl: string | undefined;
}): ServesHost | undefined {
  if (config.publicUrl !== undefined) {
    const own = relayHost(config.publicUrl);
    return (host) => host === own;
  }
  const bound = relayHost(`http://${config.host.includes(":") ? `[${config.host}]` : config.host}`);
  return bound !== undefined && isLoopbackHost(bound) ? isLoopbackHost : undefined;
}

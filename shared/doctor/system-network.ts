/**
 * A machine's network for the doctor, out of what its system has: `node:dns`, `node:net`, `node:tls` and `ws`, which the
 * program hands in. The same for a relay's server and for a PC, but for the proxy.
 */
import { MAX_NODE_CONTROL_BYTES } from "#shared/protocol/v2/limits.ts";
import type { Connecting, DialledSocket, Endpoint, Network, SecureConnecting } from "./network.ts";

/** How a WebSocket of the `ws` package is opened. `Agent` is Node's, of a proxy. */
export interface DialOptions<Agent> {
  readonly perMessageDeflate: false;
  readonly followRedirects: false;
  /** Bytes. */
  readonly maxPayload: number;
  readonly agent?: Agent;
}

export interface SystemNetwork<Agent> {
  lookup(host: string, options: { all: true }): Promise<readonly { readonly address: string }[]>;
  connectTcp(to: { host: string; port: number }): Connecting;
  connectTls(
    to: { host: string; port: number; rejectUnauthorized: false } & { servername?: string },
  ): SecureConnecting;
  readonly WebSocket: new (
    address: string,
    subprotocols: string[],
    options: DialOptions<Agent>,
  ) => DialledSocket;
  /** The way through the proxy that leads to the relay, anew for each dial; undefined where there is none. */
  readonly proxy?: { readonly endpoint: Endpoint; agent(): Agent } | undefined;
}

export function systemNetwork<Agent>(system: SystemNetwork<Agent>): Network {
  const { lookup, connectTcp, connectTls, WebSocket, proxy } = system;
  return {
    lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
    connect: ({ host, port }) => connectTcp({ host, port }),
    connectSecurely: ({ host, port, name }) =>
      connectTls({ host, port, rejectUnauthorized: false, ...(name !== undefined && { servername: name }) }),
    dial: (address, subprotocol) =>
      new WebSocket(address, [subprotocol], {
        perMessageDeflate: false,
        followRedirects: false,
        maxPayload: MAX_NODE_CONTROL_BYTES,
        ...(proxy !== undefined && { agent: proxy.agent() }),
      }),
    ...(proxy !== undefined && { proxy: proxy.endpoint }),
    now: () => Date.now(),
  };
}

/** This machine's network for the doctor, with the proxy that leads to the relay. */
import { lookup } from "node:dns/promises";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { WebSocket } from "ws";
import type { Network } from "#shared/doctor/network.ts";
import { MAX_NODE_CONTROL_BYTES } from "#shared/protocol/v2/limits.ts";
import { proxyRoute } from "../connector/relay-proxy.ts";

/** `proxy` as `relayProxy` has it. */
export function nodeNetwork(proxy: URL | undefined): Network {
  return {
    lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
    connect: (to) => connectTcp(to),
    connectSecurely: ({ name, ...to }) =>
      connectTls({ ...to, rejectUnauthorized: false, ...(name !== undefined && { servername: name }) }),
    dial: (address, subprotocol) =>
      new WebSocket(address, [subprotocol], {
        perMessageDeflate: false,
        followRedirects: false,
        maxPayload: MAX_NODE_CONTROL_BYTES,
        ...(proxy !== undefined && { agent: proxyRoute(proxy).agent }),
      }),
    ...(proxy !== undefined && { proxy: endpointOf(proxy) }),
    now: () => Date.now(),
  };
}

function endpointOf(proxy: URL): { host: string; port: number } {
  const usual = proxy.protocol === "https:" ? 443 : 80;
  return {
    host: proxy.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: proxy.port === "" ? usual : Number(proxy.port),
  };
}

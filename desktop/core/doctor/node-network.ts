/** This machine's network for the doctor, with the proxy that leads to the relay. */
import { lookup } from "node:dns/promises";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { WebSocket } from "ws";
import type { Network } from "#shared/doctor/network.ts";
import { systemNetwork } from "#shared/doctor/system-network.ts";
import { proxyRoute } from "../connector/relay-proxy.ts";

/** `proxy` as `relayProxy` has it. */
export function nodeNetwork(proxy: URL | undefined): Network {
  return systemNetwork({
    lookup,
    connectTcp,
    connectTls,
    WebSocket,
    proxy: proxy && { endpoint: endpointOf(proxy), agent: () => proxyRoute(proxy).agent },
  });
}

function endpointOf(proxy: URL): { host: string; port: number } {
  const usual = proxy.protocol === "https:" ? 443 : 80;
  return {
    host: proxy.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: proxy.port === "" ? usual : Number(proxy.port),
  };
}

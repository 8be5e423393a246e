/**
 * Which HTTP proxy leads to the relay, from HTTPS_PROXY, HTTP_PROXY and NO_PROXY in either case (lower case first, as
 * curl does). It serves the relay's socket alone. A relay on this machine is always reached directly: no proxy
 * elsewhere can lead back to it.
 */
import type { Agent } from "node:http";
import { HttpsProxyAgent } from "https-proxy-agent";
import { ConfigError, type Environment } from "#shared/config/settings.ts";
import { isLoopbackHost } from "../loopback.ts";
import { isExempt } from "./no-proxy.ts";

/**
 * The proxy for `relay`, undefined for a direct connection. It may hold credentials: show its host alone.
 * @throws {ConfigError} when the variable that applies holds no http or https URL.
 */
export function relayProxy(relay: URL, env: Environment): URL | undefined {
  const host = relay.hostname.replace(/^\[(.*)\]$/, "$1");
  const secure = relay.protocol === "wss:";
  const port = relay.port !== "" ? Number(relay.port) : secure ? 443 : 80;
  if (isLoopbackHost(host) || isExempt(host, port, env.no_proxy ?? env.NO_PROXY ?? "")) return undefined;
  const names = secure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"];
  for (const name of names) {
    const written = env[name]?.trim();
    if (written === undefined || written === "") continue;
    return parseProxy(name, written);
  }
  return undefined;
}

function parseProxy(name: string, written: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`;
  if (/^https?:/i.test(text) && URL.canParse(text)) return new URL(text);
  // The value may hold a password, so the error does not repeat it.
  throw new ConfigError("config_bad_value", name, `${name} is not allowed; allowed: an http or https URL`);
}

/** A way through a proxy, for one dial. */
export interface ProxyRoute {
  readonly agent: Agent;
  /** The proxy has opened the way; what fails from then on is not its doing. */
  passed(): boolean;
}

export function proxyRoute(proxy: URL): ProxyRoute {
  const agent = new HttpsProxyAgent(proxy);
  let passed = false;
  agent.on("proxyConnect", (answer: { statusCode: number }) => {
    passed = answer.statusCode === 200;
  });
  return { agent, passed: () => passed };
}

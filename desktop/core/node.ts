/**
 * The node: one connection to the relay, one local API, and what is spoken between them. Today that is protocol 1,
 * which the relay can read, so a node that does not allow plaintext refuses to start.
 */
import { randomBytes } from "node:crypto";
import type { Environment } from "#shared/config/settings.ts";
import { PLAINTEXT_DEVICE } from "./access-rules/rule.ts";
import type { Clock } from "./clock.ts";
import type { NodeConfig } from "./config.ts";
import { type Connector, startConnector } from "./connector/connector.ts";
import { proxyRoute, relayProxy } from "./connector/relay-proxy.ts";
import { watchApi } from "./local-proxy/api-watch.ts";
import { connectLocalApi } from "./local-proxy/local-api.ts";
import { probeLocalApi } from "./local-proxy/probe.ts";
import type { NodeEvent } from "./node-status.ts";
import { v1Protocol } from "./v1/v1-protocol.ts";

export class NodeError extends Error {
  readonly code: "plaintext_not_allowed";

  constructor(code: NodeError["code"], message: string) {
    super(message);
    this.name = "NodeError";
    this.code = code;
  }
}

export interface NodeOptions {
  readonly config: NodeConfig;
  /** For the proxy variables. */
  readonly env: Environment;
  readonly clock: Clock;
  readonly event: (event: NodeEvent) => void;
}

export interface RunningNode extends Pick<Connector, "wake"> {
  /** Says goodbye to the relay, cuts what is under way, and resolves when nothing is left. */
  stop(): Promise<void>;
}

/** Later than the relay's own timeout, because its owner may have raised that one. */
const GIVE_UP_FACTOR = 2;

/**
 * Starts the node; it keeps connecting until it is stopped.
 * @throws {NodeError} `plaintext_not_allowed`
 * @throws {ConfigError} when the proxy variable that applies holds no URL
 */
export function startNode({ config, env, clock, event }: NodeOptions): RunningNode {
  if (!config.allowPlaintext) {
    throw new NodeError(
      "plaintext_not_allowed",
      `the relay ${config.relayUrl.host} is not on this machine and could read everything that passes; ` +
        "if you trust it and the way to it, set ORA_NODE_ALLOW_PLAINTEXT=1",
    );
  }
  const proxy = relayProxy(config.relayUrl, env);
  const watch = watchApi({
    clock,
    probe: () => probeLocalApi(config.api),
    changed: (state) => event({ kind: "api", state }),
  });
  const api = connectLocalApi({
    target: config.api,
    idleTimeoutMs: config.apiIdleTimeoutMs,
    outcome: watch.outcome,
  });
  const connector = startConnector({
    clock,
    random: Math.random,
    route: () => proxy && proxyRoute(proxy),
    changed: (state) => event({ kind: "relay", state }),
    protocol: v1Protocol({
      relayUrl: config.relayUrl,
      nodeId: config.nodeId,
      local: {
        api,
        basePath: config.api.basePath,
        context: {
          hostHeader: config.api.hostHeader,
          forwardedProto: config.relayUrl.protocol === "wss:" ? "https" : "http",
          forwardedHost: config.relayUrl.host,
          device: PLAINTEXT_DEVICE,
        },
        maxBodyBytes: config.maxBodyBytes,
        maxMessageBytes: config.maxMessageBytes,
      },
      offers: { clock, randomBytes, fixedCode: config.pairCode, ttlMs: config.pairTtlMs, event },
      oddity: event,
      giveUpAfterMs: GIVE_UP_FACTOR * config.clientTimeoutMs,
    }),
  });
  return {
    wake: () => connector.wake(),
    async stop() {
      watch.stop();
      await connector.stop();
      await api.close();
    },
  };
}

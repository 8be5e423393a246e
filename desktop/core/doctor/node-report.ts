/**
 * What a running node says of itself to other programs of its owner, as one line of JSON (`ora-node status --json`), and
 * how the doctor reads it: whatever came over the socket is looked at before it is believed.
 */
import { parseFields } from "#shared/protocol/json-fields.ts";
import { parseRelayUrl, relaySocketUrl } from "#shared/protocol/relay-url.ts";
import { VERSION } from "#shared/protocol/version.ts";
import { localTarget, parseApiUrl, showTarget } from "../local-proxy/local-target.ts";
import type { NodeCore } from "../node-core.ts";
import type { SettingsInUse } from "../settings-in-use.ts";

export interface NodeReport extends SettingsInUse {
  readonly version: string;
  /** Whether the relay has it. */
  readonly isConnected: boolean;
}

export type ReportingNode = Pick<NodeCore, "name" | "nodeId" | "relayState" | "apiState" | "settingsInUse">;

/** Holds no secret. */
export function nodeReport(node: ReportingNode): string {
  const { relayUrl, api, proxy, secrets, hasEnrollKey } = node.settingsInUse;
  return JSON.stringify({
    version: VERSION,
    name: node.name,
    node_id: node.nodeId,
    relay: node.relayState.kind,
    relay_url: relayUrl.href,
    ...(proxy !== undefined && { proxy: proxy.origin }),
    api: node.apiState.kind,
    api_base_url: showTarget(api),
    secrets,
    has_enroll_key: hasEnrollKey,
  });
}

/** Undefined for what is no such report. */
export function readNodeReport(text: string): NodeReport | undefined {
  const fields = parseFields(text);
  if (fields === undefined) return undefined;
  const { version, relay, secrets, has_enroll_key: hasEnrollKey } = fields;
  const relayUrl = typeof fields.relay_url === "string" ? parseRelayUrl(fields.relay_url) : undefined;
  const api = typeof fields.api_base_url === "string" ? parseApiUrl(fields.api_base_url) : undefined;
  const proxy = readProxy(fields.proxy);
  if (typeof version !== "string" || !/^[\w.+-]{1,64}$/.test(version)) return undefined;
  if (relayUrl === undefined || api === undefined || proxy === "invalid") return undefined;
  if (secrets !== "keychain" && secrets !== "file" && secrets !== "memory") return undefined;
  return {
    version,
    isConnected: relay === "connected",
    relayUrl: new URL(relaySocketUrl(relayUrl)),
    api: localTarget(api),
    proxy,
    secrets,
    hasEnrollKey: hasEnrollKey === true,
  };
}

function readProxy(value: unknown): URL | "invalid" | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value)
    ? new URL(value)
    : "invalid";
}

/**
 * What a running node was started with, for its owner's programs, which may stand beside other settings. Nothing of it
 * is secret: a proxy without its login, and of a key only whether there is one.
 */
import type { Environment } from "#shared/config/settings.ts";
import type { NodeConfig, SecretsKind } from "./config.ts";
import { relayProxy } from "./connector/relay-proxy.ts";
import { type LocalTarget, showTarget } from "./local-proxy/local-target.ts";
import type { SecretStore } from "./secrets/secret-store.ts";

export interface SettingsInUse {
  /** `ws:` or `wss:`. */
  readonly relayUrl: URL;
  readonly api: LocalTarget;
  /** The proxy that leads to the relay, without a login; undefined where there is none. */
  readonly proxy: URL | undefined;
  /** Where secrets rest in truth. */
  readonly secrets: SecretsKind;
  readonly hasEnrollKey: boolean;
}

export function settingsInUse(node: {
  readonly config: NodeConfig;
  readonly env: Environment;
  readonly store: Pick<SecretStore, "kind">;
}): SettingsInUse {
  const { config, env, store } = node;
  const proxy = relayProxy(config.relayUrl, env);
  return {
    relayUrl: config.relayUrl,
    api: config.api,
    proxy: proxy && new URL(proxy.origin),
    secrets: store.kind,
    hasEnrollKey: config.enrollKey !== undefined,
  };
}

/** Whether two nodes with these would go the same ways. */
export function goesTheSameWay(one: SettingsInUse, other: SettingsInUse): boolean {
  return (
    one.relayUrl.href === other.relayUrl.href &&
    showTarget(one.api) === showTarget(other.api) &&
    one.proxy?.href === other.proxy?.href
  );
}

/** The way to the other relays of this name, as the settings have it; none without a bus. */
import { readFile } from "node:fs/promises";
import { CHANNEL_BUFFER_BYTES, MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import type { Clock } from "../clock.ts";
import type { Cluster, ClusterSettings } from "../cluster/cluster.ts";
import { ClusterError } from "../cluster/cluster-error.ts";
import { createCluster } from "../cluster/nats-cluster.ts";
import type { RelayConfig } from "../config.ts";
import { CHANNEL_SLACK_BYTES, HARD_CAP_FACTOR, MAX_QUEUED_BYTES } from "../limits.ts";
import type { Log } from "../log.ts";
import type { OutputBudget } from "../output-budget.ts";

/** What the way to the other relays needs of this one. */
export interface ClusterParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly budget: OutputBudget;
}

export type ClusterMaker = (parts: ClusterParts) => Cluster;

/**
 * Undefined for a relay that is alone.
 * @throws {ClusterError} `cluster_bad_settings` when a file cannot be read.
 */
export async function clusterMaker(config: RelayConfig): Promise<ClusterMaker | undefined> {
  const settings = await readClusterSettings(config);
  if (settings === undefined) return undefined;
  const { maxMessageBytes } = config;
  const bounds = {
    v1_client: {
      maxQueuedBytes: Math.max(MAX_QUEUED_BYTES, 4 * maxMessageBytes),
      maxMessageBytes: HARD_CAP_FACTOR * maxMessageBytes,
    },
    v2_client: {
      maxQueuedBytes: CHANNEL_BUFFER_BYTES + CHANNEL_SLACK_BYTES,
      maxMessageBytes: HARD_CAP_FACTOR * MAX_FRAME_BYTES,
    },
  };
  return (parts) => createCluster({ ...parts, settings, bounds });
}

/** @throws {ClusterError} as `clusterMaker`. */
export async function readClusterSettings(config: RelayConfig): Promise<ClusterSettings | undefined> {
  const { natsUrl, natsNkeyFile, natsCa } = config;
  if (natsUrl === undefined) return undefined;
  return {
    url: natsUrl.join(","),
    nkeySeed: await readSetting("ORA_RELAY_NATS_NKEY_FILE", natsNkeyFile),
    caPem: await readSetting("ORA_RELAY_NATS_CA", natsCa),
  };
}

async function readSetting(variable: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    throw new ClusterError("cluster_bad_settings", `The file of ${variable} cannot be read (${code}).`, {
      cause,
    });
  }
}

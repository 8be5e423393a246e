/**
 * What the doctor of a PC looks at: what the running node uses, where one runs and tells, else the settings that were
 * found here. Says which of the two it is, so that nobody takes one for the other.
 */
import { type Finding, note, ok } from "#shared/doctor/finding.ts";
import { VERSION } from "#shared/protocol/version.ts";
import type { NodeConfig } from "../config.ts";
import { type LocalTarget, showTarget } from "../local-proxy/local-target.ts";
import { goesTheSameWay, type SettingsInUse } from "../settings-in-use.ts";
import type { RunningNode } from "./ask-running.ts";
import type { NodeReport } from "./node-report.ts";

export interface Subject {
  readonly relayUrl: URL;
  readonly api: LocalTarget;
  /** With its login, where that is known here. */
  readonly proxy: URL | undefined;
  /** Secret. */
  readonly enrollKey: string | undefined;
  /** Why no proof can be tried, in words. */
  readonly lacksKey: string | undefined;
  /** Where the running node keeps its secrets; undefined when none tells. */
  readonly secrets: SettingsInUse["secrets"] | undefined;
}

export interface Here {
  readonly config: NodeConfig;
  /** As `relayProxy` has it. */
  readonly proxy: URL | undefined;
}

/** For whoever has a service or another `.env`, and asks beside it. */
const WITH_ITS_SETTINGS = [
  "one that runs with other settings, such as a service or in another ORA_NODE_STATE_DIR, is looked at with those:",
  "systemd: env $(grep -v '^#' ~/.config/ora-node/node.env) ORA_NODE_SECRETS=file ora-node doctor",
] as const;

export function examineRunning(
  running: RunningNode,
  here: Here,
  report: (finding: Finding) => void,
): Subject {
  const { config, proxy } = here;
  if (running.kind === "running") {
    report(runningFinding(running.report, here));
    return subjectOf(running.report, here);
  }
  const { stateDir, relayUrl, api, enrollKey } = config;
  const said =
    running.kind === "none"
      ? `no node runs on ${stateDir}, so what follows is of the settings above`
      : `the node on ${stateDir} does not tell what it uses (${running.why}), so what follows is of the settings above`;
  report(note("running", said, ...WITH_ITS_SETTINGS));
  return { relayUrl, api, proxy, enrollKey, lacksKey: undefined, secrets: undefined };
}

function runningFinding(told: NodeReport, { config, proxy }: Here): Finding {
  const { version, isConnected, relayUrl, api } = told;
  const here: SettingsInUse = { ...told, relayUrl: config.relayUrl, api: config.api, proxy: originOf(proxy) };
  const isSame = goesTheSameWay(told, here);
  const uses = `the relay ${shown(relayUrl)}${told.proxy === undefined ? "" : ` through ${told.proxy.origin}`}, the API ${showTarget(api)}`;
  const said = `a node of version ${version} runs on ${config.stateDir}, ${isConnected ? "connected" : "not connected"}; what follows is of ${isSame ? "what it uses" : "its own settings, not of those above"}: ${uses}`;
  const older =
    version === VERSION ? [] : [`this program is version ${VERSION}: start the node anew to have the same`];
  return isSame && older.length === 0 ? ok("running", said) : note("running", said, ...older);
}

function subjectOf(told: NodeReport, { config, proxy }: Here): Subject {
  const isSameRelay = told.relayUrl.href === config.relayUrl.href;
  const enrollKey = told.hasEnrollKey && isSameRelay ? config.enrollKey : undefined;
  return {
    relayUrl: told.relayUrl,
    api: told.api,
    // The node does not tell a proxy's login.
    proxy: originOf(proxy)?.href === told.proxy?.href ? proxy : told.proxy,
    enrollKey,
    lacksKey:
      told.hasEnrollKey && enrollKey === undefined
        ? "the running node has an enrolment key, which it keeps to itself"
        : undefined,
    secrets: told.secrets,
  };
}

function originOf(proxy: URL | undefined): URL | undefined {
  return proxy && new URL(proxy.origin);
}

/** A relay's address as its owner writes it. */
export function shown(relayUrl: URL): string {
  return relayUrl.href.replace(/\/$/, "");
}

/**
 * `ora-node doctor`: why a phone does not reach this PC, and what to type. The settings, where secrets are kept and the
 * local API first, then the relay hop by hop, the way the node itself goes. A node that runs is asked what it uses, which
 * counts for more than the settings here; otherwise it is not disturbed.
 */
import { ConfigError, type Environment } from "#shared/config/settings.ts";
import { nothingIsSet, settingsSource, type WrittenSettings } from "#shared/config/settings-source.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { doctorArguments } from "#shared/doctor/arguments.ts";
import { examineRelay, LONG_STAY_MS } from "#shared/doctor/examine-relay.ts";
import { type Finding, ok, wrong } from "#shared/doctor/finding.ts";
import type { Network } from "#shared/doctor/network.ts";
import { startReport } from "#shared/doctor/report.ts";
import { parseRelayUrl } from "#shared/protocol/relay-url.ts";
import { checkApi } from "../checks/api-check.ts";
import type { Clock } from "../clock.ts";
import type { NodeConfig, SecretsKind } from "../config.ts";
import { relayProxy } from "../connector/relay-proxy.ts";
import type { LocalTarget } from "../local-proxy/local-target.ts";
import { SecretsError } from "../secrets/secret-store.ts";
import type { RunningNode } from "./ask-running.ts";
import { examineRunning, type Here, shown } from "./examine-running.ts";
import { nodeNetwork } from "./node-network.ts";

export const DOCTOR = "doctor";

export const DOCTOR_USAGE = "doctor [--long] [--json] [ADDRESS]";

/** What it is for, in lines. */
export const DOCTOR_SUMMARY = [
  "what stands between this PC and its phones, and what to type; --long stays for 70 s, to see whether",
  "something cuts idle connections",
] as const;

export type DoctorResult = "well" | "ill" | "misused";

export interface NodeDoctor {
  readonly args: readonly string[];
  /** What was written down. @throws {ConfigError} for a `.env` that cannot be used. */
  readonly written: () => WrittenSettings;
  /** @throws {ConfigError} */
  readonly load: (env: Environment) => NodeConfig;
  /** What the node says that runs on this state directory. */
  readonly running: (config: NodeConfig) => Promise<RunningNode>;
  /** Where secrets are kept, in words. @throws {SecretsError} */
  readonly secrets: (config: NodeConfig) => Promise<string>;
  readonly backend: CryptoBackend;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  /** Other ways than the machine's own, for tests. */
  readonly network?: Partial<Network>;
  /** Milliseconds, for --long. Left out: LONG_STAY_MS. */
  readonly stayMs?: number;
}

export async function runNodeDoctor(doctor: NodeDoctor): Promise<DoctorResult> {
  const { args, backend, print, stayMs = LONG_STAY_MS } = doctor;
  const asked = doctorArguments(args);
  if (typeof asked === "string") {
    print(asked);
    print(`usage: ora-node ${DOCTOR_USAGE}`);
    return "misused";
  }
  const { add: report, close } = startReport({ json: asked.json, print });
  const here = readSettings(doctor, report);
  if (here !== undefined) {
    const subject = examineRunning(await doctor.running(here.config), here, report);
    await examineSecrets(doctor, { config: here.config, kept: subject.secrets, report });
    await examineApi(doctor, subject.api, report);
    const { relayUrl, enrollKey, lacksKey, proxy } = subject;
    await examineRelay({
      network: { ...nodeNetwork(proxy), ...doctor.network },
      address: asked.address ?? parseRelayUrl(relayUrl.href) ?? relayUrl.href,
      enrollKey,
      lacksKey,
      backend,
      stayMs: asked.long ? stayMs : undefined,
      report,
    });
  }
  return close() ? "well" : "ill";
}

/** Says what was found here, and where it is from. */
function readSettings(
  { written: readWritten, load }: NodeDoctor,
  report: (finding: Finding) => void,
): Here | undefined {
  let source: string | undefined;
  try {
    const written = readWritten();
    source = settingsSource(written);
    const env = { ...written.dotEnv, ...written.environment };
    const config = load(env);
    const proxy = relayProxy(config.relayUrl, env);
    const relay = `the relay is ${shown(config.relayUrl)}`;
    report(
      source === undefined
        ? ok("settings", `${nothingIsSet(written)}: these are the defaults; ${relay}`)
        : ok("settings", `all of them can be used: ${source}; the rest are the defaults; ${relay}`),
    );
    return { config, proxy };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    report(wrong("settings", error.message, ...(source === undefined ? [] : [`what is set: ${source}`])));
    return undefined;
  }
}

/** A running node has its secrets open, and need not be told where they are. */
async function examineSecrets(
  { secrets }: NodeDoctor,
  asked: {
    readonly config: NodeConfig;
    readonly kept: SecretsKind | undefined;
    readonly report: (finding: Finding) => void;
  },
): Promise<void> {
  const { config, kept, report } = asked;
  if (kept !== undefined) {
    report(ok("secrets", `the running node keeps them ${KEPT_WORDS[kept]}`));
    return;
  }
  try {
    report(ok("secrets", await secrets(config)));
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    report(wrong("secrets", error.message, "on a machine without a keychain: ORA_NODE_SECRETS=file"));
  }
}

const KEPT_WORDS: Readonly<Record<SecretsKind, string>> = {
  keychain: "in the system's keychain",
  file: "in files that only you can read",
  memory: "in memory, and they are gone when it ends",
};

async function examineApi(
  { clock }: NodeDoctor,
  { origin, basePath }: LocalTarget,
  report: (finding: Finding) => void,
): Promise<void> {
  const answer = await checkApi(new URL(`${origin}${basePath}`), clock);
  report(
    answer.answered
      ? ok("api", `${origin} answers (HTTP ${answer.status})`)
      : wrong("api", `${origin} ${API_WORDS[answer.because]}`, ...apiAdvice(origin)),
  );
}

const API_WORDS = {
  refused: "takes no connections: the local API is not running, or elsewhere",
  timeout: "does not answer in time",
  tls: "has a certificate that this machine does not trust, or no TLS at all",
  not_http: "does not speak HTTP",
} as const;

function apiAdvice(origin: string): string[] {
  return [
    `start it, and try: curl -i ${origin}/`,
    "or say where it is: ORA_NODE_API_BASE_URL=http://127.0.0.1:8000",
  ];
}

/**
 * `ora-node doctor`: why a phone does not reach this PC, and what to type. The settings, where secrets are kept and the
 * local API first, then the relay hop by hop, the way the node itself goes. A node that runs is not disturbed.
 */
import { ConfigError, type Environment } from "#shared/config/settings.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { doctorArguments } from "#shared/doctor/arguments.ts";
import { examineRelay, LONG_STAY_MS } from "#shared/doctor/examine-relay.ts";
import { type Finding, ok, wrong } from "#shared/doctor/finding.ts";
import type { Network } from "#shared/doctor/network.ts";
import { startReport } from "#shared/doctor/report.ts";
import { parseRelayUrl } from "#shared/protocol/relay-url.ts";
import { checkApi } from "../checks/api-check.ts";
import type { Clock } from "../clock.ts";
import type { NodeConfig } from "../config.ts";
import { relayProxy } from "../connector/relay-proxy.ts";
import { SecretsError } from "../secrets/secret-store.ts";
import { nodeNetwork } from "./node-network.ts";

export const DOCTOR = "doctor";

export const DOCTOR_USAGE = "doctor [--long] [--json] [ADDRESS]";

export type DoctorResult = "well" | "ill" | "misused";

export interface NodeDoctor {
  readonly args: readonly string[];
  /** Settings and where they stand. @throws {ConfigError} */
  readonly load: () => { readonly config: NodeConfig; readonly env: Environment };
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
  const loaded = readSettings(doctor, report);
  if (loaded !== undefined) {
    const { config, proxy } = loaded;
    await examineHere(doctor, config, report);
    await examineRelay({
      network: { ...nodeNetwork(proxy), ...doctor.network },
      address: asked.address ?? parseRelayUrl(config.relayUrl.href) ?? config.relayUrl.href,
      enrollKey: config.enrollKey,
      backend,
      stayMs: asked.long ? stayMs : undefined,
      report,
    });
  }
  return close() ? "well" : "ill";
}

function readSettings({ load }: NodeDoctor, report: (finding: Finding) => void) {
  try {
    const { config, env } = load();
    const proxy = relayProxy(config.relayUrl, env);
    report(
      ok("settings", `all of them can be used; the relay is ${config.relayUrl.href.replace(/\/$/, "")}`),
    );
    return { config, proxy };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    report(wrong("settings", error.message));
    return undefined;
  }
}

async function examineHere(
  { secrets, clock }: NodeDoctor,
  config: NodeConfig,
  report: (finding: Finding) => void,
): Promise<void> {
  try {
    report(ok("secrets", await secrets(config)));
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    report(wrong("secrets", error.message, "on a machine without a keychain: ORA_NODE_SECRETS=file"));
  }
  const { origin, basePath } = config.api;
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

/**
 * `ora-relay doctor`: what is wrong with a relay on this server, and what to type. First what can be seen here, then the
 * relay from outside, by its public address, as nodes and phones reach it.
 */
import { lookup } from "node:dns/promises";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { WebSocket } from "ws";
import { EXIT } from "#shared/config/exit-code.ts";
import { ConfigError } from "#shared/config/settings.ts";
import { nothingIsSet, settingsSource, type WrittenSettings } from "#shared/config/settings-source.ts";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { doctorArguments } from "#shared/doctor/arguments.ts";
import { examineRelay, LONG_STAY_MS } from "#shared/doctor/examine-relay.ts";
import { type Finding, note, ok, wrong } from "#shared/doctor/finding.ts";
import type { Network } from "#shared/doctor/network.ts";
import { startReport } from "#shared/doctor/report.ts";
import { systemNetwork } from "#shared/doctor/system-network.ts";
import type { RelayConfig } from "../config.ts";
import { examineHere } from "./examine-here.ts";

const DOCTOR_HELP = `ora-relay doctor: what is wrong with a relay, and what to type

usage: ora-relay doctor [--long] [--json] [ADDRESS]

Without an address it reads the settings of the relay on this server, from the environment or .env here, and does not
ask the relay that runs. One that is a service has them elsewhere:
  env $(grep -v '^#' /etc/ora-relay/relay.env) ora-relay doctor     with systemd, as root
  docker compose exec relay ora-relay doctor                        with Docker
With one, such as relay.example, it looks at that relay from here, whoever runs it.

--long stays connected for 70 s, to see whether something cuts idle connections. --json is for programs.
Exit codes: 0 when nothing is wrong, 1 when something is, 64 for wrong arguments.`;

/** For whoever has a service and asks beside it. */
const WITH_ITS_SETTINGS = [
  "a relay that was started with others, such as a service, is looked at with those:",
  "systemd, as root: env $(grep -v '^#' /etc/ora-relay/relay.env) ora-relay doctor",
  "Docker: docker compose exec relay ora-relay doctor",
] as const;

export interface DoctorCommand {
  readonly args: readonly string[];
  /** What was written down. @throws {ConfigError} for a `.env` that cannot be used. */
  readonly written: () => WrittenSettings;
  /** @throws {ConfigError} */
  readonly load: (written: WrittenSettings) => RelayConfig;
  readonly print: (line: string) => void;
  readonly remark: (line: string) => void;
  /** Other ways than the machine's own, for tests. */
  readonly network?: Partial<Network>;
  /** Milliseconds, for --long. Left out: LONG_STAY_MS. */
  readonly stayMs?: number;
}

/** Returns the exit code. */
export async function runDoctorCommand(command: DoctorCommand): Promise<number> {
  const { args, print, remark, stayMs = LONG_STAY_MS } = command;
  if (args.includes("--help") || args.includes("-h")) {
    print(DOCTOR_HELP);
    return EXIT.OK;
  }
  const asked = doctorArguments(args);
  if (typeof asked === "string") {
    remark(`ora-relay doctor: ${asked}; try --help`);
    return EXIT.USAGE;
  }
  const { add: report, close } = startReport({ json: asked.json, print });
  const examine = (address: string, config?: RelayConfig) =>
    examineRelay({
      network: { ...systemNetwork({ lookup, connectTcp, connectTls, WebSocket }), ...command.network },
      address,
      enrollKey: config?.enrollKey,
      lacksKey:
        config?.enrollKeysFile !== undefined && config.enrollKey === undefined
          ? "the relay wants a key, and its file holds hashes only: ora-node doctor tries it"
          : undefined,
      backend: createCryptoBackend(),
      stayMs: asked.long ? stayMs : undefined,
      report,
    });
  if (asked.address !== undefined) await examine(asked.address);
  else {
    const config = readConfig(command, report);
    if (config !== undefined) {
      await examineHere(config, report);
      const address = addressOf(config, report);
      if (address !== undefined) await examine(address, config);
    }
  }
  return close() ? EXIT.OK : EXIT.FAILED;
}

/** Says what is looked at, and where that is from. */
function readConfig(
  { written: readWritten, load }: DoctorCommand,
  report: (finding: Finding) => void,
): RelayConfig | undefined {
  let source: string | undefined;
  try {
    const written = readWritten();
    source = settingsSource(written);
    const config = load(written);
    report(
      source === undefined
        ? note(
            "settings",
            `${nothingIsSet(written)}: this looks at the defaults, a relay on ${config.host}:${config.port}`,
            ...WITH_ITS_SETTINGS,
          )
        : ok("settings", `all of them can be used: ${source}; the rest are the defaults`),
    );
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    report(wrong("settings", error.message, ...(source === undefined ? [] : [`what is set: ${source}`])));
    return undefined;
  }
}

/** Where nodes and phones reach it. */
function addressOf(config: RelayConfig, report: (finding: Finding) => void): string | undefined {
  const { publicUrl, host, port } = config;
  if (publicUrl !== undefined) return publicUrl;
  if (/^(127\.|::1$|localhost$)/.test(host)) {
    return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  }
  report(
    wrong(
      "public_url",
      "the relay does not know its own address, so it serves the old plaintext protocol alone",
      "set it: ORA_RELAY_PUBLIC_URL=https://relay.example, then systemctl restart ora-relay",
    ),
  );
  return undefined;
}

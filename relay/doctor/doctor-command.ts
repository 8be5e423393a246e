/**
 * `ora-relay doctor`: what is wrong with a relay on this server, and what to type. First what can be seen here, then the
 * relay from outside, by its public address, as nodes and phones reach it.
 */
import { lookup } from "node:dns/promises";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { WebSocket } from "ws";
import { ConfigError } from "#shared/config/settings.ts";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { doctorArguments } from "#shared/doctor/arguments.ts";
import { examineRelay, LONG_STAY_MS } from "#shared/doctor/examine-relay.ts";
import { type Finding, ok, wrong } from "#shared/doctor/finding.ts";
import type { Network } from "#shared/doctor/network.ts";
import { startReport } from "#shared/doctor/report.ts";
import { MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import type { RelayConfig } from "../config.ts";
import { examineHere } from "./examine-here.ts";

const DOCTOR_HELP = `ora-relay doctor: what is wrong with a relay, and what to type

usage: ora-relay doctor [--long] [--json] [ADDRESS]

Without an address it reads the settings of the relay on this server, from the environment or .env:
  env $(grep -v '^#' /etc/ora-relay/relay.env) ora-relay doctor     with systemd
  docker compose exec relay ora-relay doctor                        with Docker
With one, such as relay.example, it looks at that relay from here, whoever runs it.

--long stays connected for 70 s, to see whether something cuts idle connections. --json is for programs.
Exit codes: 0 when nothing is wrong, 1 when something is, 64 for wrong arguments.`;

const EXIT = { WELL: 0, ILL: 1, USAGE: 64 } as const;
/** Above every message of a relay to whoever has proved nothing. */
const MAX_MESSAGE_BYTES = 8 * MAX_FRAME_BYTES;

export interface DoctorCommand {
  readonly args: readonly string[];
  /** @throws {ConfigError} */
  readonly load: () => RelayConfig;
  readonly print: (line: string) => void;
  readonly remark: (line: string) => void;
  /** Other ways than the machine's own, for tests. */
  readonly network?: Partial<Network>;
  /** Milliseconds, for --long. Left out: LONG_STAY_MS. */
  readonly stayMs?: number;
}

/** Returns the exit code. */
export async function runDoctorCommand(command: DoctorCommand): Promise<number> {
  const { args, load, print, remark, stayMs = LONG_STAY_MS } = command;
  if (args.includes("--help") || args.includes("-h")) {
    print(DOCTOR_HELP);
    return EXIT.WELL;
  }
  const asked = doctorArguments(args);
  if (typeof asked === "string") {
    remark(`ora-relay doctor: ${asked}; try --help`);
    return EXIT.USAGE;
  }
  const { add: report, close } = startReport({ json: asked.json, print });
  const examine = (address: string, config?: RelayConfig) =>
    examineRelay({
      network: { ...nodeNetwork(), ...command.network },
      address,
      enrollKey: config?.enrollKey,
      lacksKey: config?.enrollKeysFile !== undefined && config.enrollKey === undefined,
      backend: createCryptoBackend(),
      stayMs: asked.long ? stayMs : undefined,
      report,
    });
  if (asked.address !== undefined) await examine(asked.address);
  else {
    const config = readConfig(load, report);
    if (config !== undefined) {
      await examineHere(config, report);
      const address = addressOf(config, report);
      if (address !== undefined) await examine(address, config);
    }
  }
  return close() ? EXIT.WELL : EXIT.ILL;
}

function readConfig(load: () => RelayConfig, report: (finding: Finding) => void): RelayConfig | undefined {
  try {
    const config = load();
    report(ok("settings", "all of them can be used"));
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    report(wrong("settings", error.message));
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

function nodeNetwork(): Network {
  return {
    lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
    connect: (to) => connectTcp(to),
    connectSecurely: ({ name, ...to }) =>
      connectTls({ ...to, rejectUnauthorized: false, ...(name !== undefined && { servername: name }) }),
    dial: (address, subprotocol) =>
      new WebSocket(address, [subprotocol], {
        perMessageDeflate: false,
        followRedirects: false,
        maxPayload: MAX_MESSAGE_BYTES,
      }),
    now: () => Date.now(),
  };
}

/** Whether the bus between several relays can be used from here: each of its servers, its login, and how far it is. */
import type { NatsConnection } from "@nats-io/transport-node";
import { type Finding, note, ok, wrong } from "#shared/doctor/finding.ts";
import { connected } from "../cluster/bus.ts";
import { greetingOf } from "../cluster/bus-probe.ts";
import { type BusServer, type BusSettings, busSettings } from "../cluster/bus-settings.ts";
import { ClusterError } from "../cluster/cluster-error.ts";
import { MAX_WORDS_BYTES } from "../cluster/cluster-limits.ts";
import type { RelayConfig } from "../config.ts";
import { readClusterSettings } from "../elsewhere/cluster-maker.ts";

/** Above it a phone feels that its PC is at another relay. */
const FAR_MS = 50;
const ROUNDS = 5;

/** Nothing for a relay that is alone. */
export async function examineBus(
  config: RelayConfig,
  report: (finding: Finding) => void,
  now: () => number = () => performance.now(),
): Promise<void> {
  const bus = await settingsOf(config);
  if (bus instanceof ClusterError)
    report(wrong("nats", bus.message, "set ORA_RELAY_NATS_URL, _NKEY_FILE and _CA right"));
  else if (bus !== undefined) {
    for (const [index, server] of bus.servers.entries()) {
      const name = bus.servers.length === 1 ? "the bus" : `server ${index + 1} of the bus`;
      report(await examineServer({ bus, server, name, now }));
    }
  }
}

async function settingsOf(config: RelayConfig): Promise<BusSettings | ClusterError | undefined> {
  try {
    const settings = await readClusterSettings(config);
    return settings && busSettings(settings);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return error;
  }
}

async function examineServer(asked: {
  bus: BusSettings;
  server: BusServer;
  name: string;
  now: () => number;
}): Promise<Finding> {
  const { bus, server, name, now } = asked;
  const greeting = await greetingOf(server);
  if (greeting === undefined) {
    return wrong(
      "nats",
      `no NATS server answers as ${name}`,
      "see that it runs: systemctl status nats-server",
      "see that the host and port of ORA_RELAY_NATS_URL are its own, and that no firewall is between: nc -vz HOST 4222",
    );
  }
  if (greeting.maxPayload < MAX_WORDS_BYTES) {
    return wrong(
      "nats",
      `${name} takes messages of ${greeting.maxPayload} bytes, and relays need ${MAX_WORDS_BYTES}`,
      "put max_payload: 1MB into its configuration, and systemctl restart nats-server",
    );
  }
  const connection = await connected(bus, server, greeting);
  if (connection instanceof ClusterError)
    return wrong("nats", connection.message, ...adviceOn(bus, greeting));
  try {
    const ms = await roundTripMs(connection, now);
    const tls = bus.needsTls ? "with TLS" : "without TLS";
    const said = `${name} is ${ms.toFixed(1)} ms away, ${tls}, and takes messages of ${greeting.maxPayload} bytes`;
    if (ms > FAR_MS)
      return note("nats", said, "relays and NATS belong into one place: run it nearer to them");
    if (greeting.wantsLogin) return ok("nats", said);
    return note(
      "nats",
      `${said}; it asks nobody for a login`,
      'whoever reaches it is one of your relays: put authorization { token: "…" } into its configuration, and the token into ORA_RELAY_NATS_URL',
    );
  } finally {
    await connection.close();
  }
}

function adviceOn(
  { needsTls }: BusSettings,
  { offersTls }: { readonly offersTls: boolean },
): readonly string[] {
  if (needsTls && !offersTls)
    return ["give it a tls { … } block, or name it by nats:// where the network is your own"];
  return [
    "login: ORA_RELAY_NATS_URL=nats://USER:PASSWORD@HOST:4222, or TOKEN@, or ORA_RELAY_NATS_NKEY_FILE, as in its configuration",
    "certificate: ORA_RELAY_NATS_CA=FILE names who made it, and the host in ORA_RELAY_NATS_URL is one that it names",
  ];
}

/** The middle of a few: the first one pays for the connection. */
async function roundTripMs(connection: NatsConnection, now: () => number): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = now();
    await connection.flush();
    rounds.push(now() - start);
  }
  return rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

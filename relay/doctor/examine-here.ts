/** What can be seen on the server itself: whether the relay listens, is ready, and may read its files. */
import { get } from "node:http";
import { connect } from "node:net";
import { type Finding, note, ok, wrong } from "#shared/doctor/finding.ts";
import { codeOf, type Network, reach } from "#shared/doctor/network.ts";
import type { RelayConfig } from "../config.ts";
import { EnrolmentError } from "../enrolment/enrolment-error.ts";
import { readKeyFile } from "../enrolment/key-file.ts";
import { hostInUrl } from "../listening.ts";
import { examineBus } from "./examine-bus.ts";
import { examineFileLimit } from "./file-limit.ts";

const ASK_TIMEOUT_MS = 3_000;

/** Where a listener is reached from this machine. */
function nearHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

export async function examineHere(config: RelayConfig, report: (finding: Finding) => void): Promise<void> {
  const host = nearHost(config.host);
  const local: Pick<Network, "connect"> = { connect: (to) => connect(to) };
  const reached = await reach(local, { host, port: config.port });
  report(
    reached.ok
      ? ok("listening", `something listens on ${host}:${config.port}`)
      : wrong(
          "listening",
          `no relay listens on ${host}:${config.port} (${reached.code})`,
          "start it: npm run relay in a checkout, systemctl start ora-relay, or docker compose up -d",
          "see why it ended: journalctl -u ora-relay -n 50",
          "or run this with its settings: env $(grep -v '^#' /etc/ora-relay/relay.env) ora-relay doctor",
        ),
  );
  const { adminPort, enrollKeysFile } = config;
  const admin =
    adminPort === undefined ? undefined : `http://${hostInUrl(nearHost(config.adminHost))}:${adminPort}`;
  if (admin !== undefined) report(await examineReady(admin, config));
  if (enrollKeysFile !== undefined) report(await examineKeys(enrollKeysFile));
  report(await examineFileLimit({ admin }));
  await examineBus(config, report);
}

async function examineReady(admin: string, config: RelayConfig): Promise<Finding> {
  const answer = await new Promise<string>((resolve) => {
    const request = get(`${admin}/ready`, { agent: false, timeout: ASK_TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(String(response.statusCode));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", (error) => resolve(codeOf(error)));
  });
  if (answer === "200") return ok("ready", "the relay says that it is ready");
  if (answer === "503") {
    return config.natsUrl === undefined
      ? note("ready", "the relay is about to end", "wait a moment; then systemctl status ora-relay")
      : wrong(
          "ready",
          "the relay is about to end, or does not reach the bus to the others",
          "see the line on nats below",
        );
  }
  return wrong(
    "ready",
    `its own listener does not answer at ${admin} (${answer})`,
    "see that ORA_RELAY_ADMIN_HOST and ORA_RELAY_ADMIN_PORT are those that the relay was started with",
  );
}

async function examineKeys(file: string): Promise<Finding> {
  try {
    const keys = await readKeyFile(file);
    return keys.length > 0
      ? ok("keys", `${file} holds ${keys.length}`)
      : note("keys", `${file} holds none, so no node may register`, "ora-relay keys add my-pc");
  } catch (error) {
    if (!(error instanceof EnrolmentError)) throw error;
    return wrong("keys", error.message);
  }
}

/** A real relay on a free port, inside the test's own process. */
import { type Clock, systemClock } from "../../relay/clock.ts";
import { loadRelayConfig } from "../../relay/config.ts";
import { clusterMaker } from "../../relay/elsewhere/cluster-maker.ts";
import { createLog } from "../../relay/log.ts";
import { createRelay } from "../../relay/server.ts";
import type { WebFiles } from "../../relay/web-files.ts";

export interface RunningRelay {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly port: number;
  /** With ORA_RELAY_ADMIN_PORT. */
  readonly adminPort: number | undefined;
  close(): Promise<void>;
}

/** Starts a relay with the defaults of a person's machine, changed by `env`. It serves no pages but those of `web`. */
export async function startTestRelay(
  env: Record<string, string> = {},
  clock: Clock = systemClock,
  web?: WebFiles,
): Promise<RunningRelay> {
  const config = loadRelayConfig({
    environment: { ORA_RELAY_PORT: "0", ORA_RELAY_LOG_LEVEL: "silent", ...env },
    dotEnv: {},
  });
  const cluster = await clusterMaker(config);
  const log = createLog(config.logLevel);
  const relay = createRelay({ config, log, clock, cluster, ...(web && { web }) });
  const { port, adminPort } = await relay.listen();
  return { origin: `http://127.0.0.1:${port}`, port, adminPort, close: () => relay.close() };
}

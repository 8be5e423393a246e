/**
 * Several relays as on several machines: each has an address of 127.0.0.0/8 of its own, and all the same ports, as the
 * shipped file for the balancer expects it. Linux alone has those addresses without further ado.
 */
import type { AtTheEnd } from "./endings.ts";
import { freePort } from "./free-port.ts";
import { type Standing, startStanding } from "./standing.ts";

export interface RelayInstance extends Standing {
  /** Its address. */
  readonly host: string;
  readonly port: number;
  /** `http://HOST:PORT`, past any balancer. */
  readonly origin: string;
  /** `http://HOST:PORT` of /ready and /metrics. */
  readonly admin: string;
}

export interface RelayClusterOptions {
  readonly count: number;
  /** Of the bus, by the number of the instance from 0 on. */
  readonly natsUrl: (index: number) => string;
  readonly env?: Record<string, string>;
  /** What starts a relay. */
  readonly command: string;
  readonly args: readonly string[];
}

export async function startRelayCluster(
  atTheEnd: AtTheEnd,
  options: RelayClusterOptions,
): Promise<RelayInstance[]> {
  const { count, natsUrl, env, command, args } = options;
  const port = await freePort();
  const adminPort = await freePort();
  const start = async (index: number): Promise<RelayInstance> => {
    const host = `127.0.0.${index + 2}`;
    const standing = await startStanding(atTheEnd, {
      name: `relay ${index + 1}`,
      command,
      args,
      env: {
        ORA_RELAY_HOST: host,
        ORA_RELAY_PORT: String(port),
        ORA_RELAY_ADMIN_HOST: host,
        ORA_RELAY_ADMIN_PORT: String(adminPort),
        ORA_RELAY_NATS_URL: natsUrl(index),
        ORA_RELAY_TRUST_PROXY: "1",
        ORA_RELAY_LOG_LEVEL: "warn",
        ...env,
      },
      ready: /relay listening on /,
    });
    const origin = `http://${host}:${port}`;
    return Object.assign(standing, { host, port, origin, admin: `http://${host}:${adminPort}` });
  };
  return Promise.all(Array.from({ length: count }, (_, index) => start(index)));
}

/** Whether it takes new work, by its own word. */
export async function isReady({ admin }: Pick<RelayInstance, "admin">): Promise<boolean> {
  try {
    const response = await fetch(`${admin}/ready`, { signal: AbortSignal.timeout(1_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // Nobody listens, or it is frozen.
    return false;
  }
}

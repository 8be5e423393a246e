/** A real nats-server (Debian: nats-server) on a port that stays the same however often it is killed. */
import type { AtTheEnd } from "./endings.ts";
import { freePort } from "./free-port.ts";
import type { Certificate } from "./private-ca.ts";
import { type Standing, startStanding } from "./standing.ts";

export interface NatsServer extends Standing {
  readonly port: number;
  /** With the token, where there is one. */
  readonly url: string;
}

export interface NatsOptions {
  /** What clients must know. */
  readonly token?: string;
  /** It speaks TLS alone then. */
  readonly tls?: Certificate;
}

export async function startNats(atTheEnd: AtTheEnd, options: NatsOptions = {}): Promise<NatsServer> {
  const { token, tls } = options;
  const port = await freePort();
  const standing = await startStanding(atTheEnd, {
    name: "nats",
    command: "nats-server",
    args: [
      ...["-a", "127.0.0.1", "-p", String(port)],
      ...(token === undefined ? [] : ["--auth", token]),
      ...(tls === undefined ? [] : ["--tls", "--tlscert", tls.cert, "--tlskey", tls.key]),
    ],
    ready: /Server is ready/,
  });
  const login = token === undefined ? "" : `${token}@`;
  const url = `${tls === undefined ? "nats" : "tls"}://${login}127.0.0.1:${port}`;
  return Object.assign(standing, { port, url });
}

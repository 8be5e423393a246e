/**
 * The owner's settings for the bus, made into what its library takes. URLs are read here and not by the library, which
 * knows neither the login nor the `tls` in them. What is refused is refused without repeating any of it.
 */
import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { type ConnectionOptions, nkeyAuthenticator } from "@nats-io/transport-node";
import type { ClusterSettings } from "./cluster.ts";
import { ClusterError } from "./cluster-error.ts";
import { BUS_PING_MS, BUS_PINGS_OUT, CONNECT_TIMEOUT_MS } from "./cluster-limits.ts";

const DEFAULT_PORT = 4222;
const MAX_SERVERS = 16;

export interface BusServer {
  readonly host: string;
  readonly port: number;
}

export interface BusSettings {
  readonly servers: readonly BusServer[];
  readonly needsTls: boolean;
  readonly options: Omit<ConnectionOptions, "servers">;
}

/** @throws {ClusterError} `cluster_bad_settings` */
export function busSettings({ url, nkeySeed, caPem }: ClusterSettings): BusSettings {
  const urls = url.split(",").map((part) => parsed(part.trim()));
  if (urls.length > MAX_SERVERS) throw bad(`More than ${MAX_SERVERS} servers are named for the bus.`);
  const servers = urls.map((each) => ({
    host: each.hostname.replace(/^\[|\]$/g, ""),
    port: each.port === "" ? DEFAULT_PORT : Number(each.port),
  }));
  if (caPem !== undefined && !/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(caPem)) {
    throw bad("The file of who vouches for the bus holds no certificate in PEM form.");
  }
  const needsTls = caPem !== undefined || urls.some((each) => each.protocol === "tls:");
  return {
    servers,
    needsTls,
    options: {
      ...login(urls),
      ...(nkeySeed !== undefined && { authenticator: nkeyAuthenticator(seedIn(nkeySeed)) }),
      ...(needsTls && { tls: tls(servers, caPem) }),
      name: "ora-relay",
      // So that all that a relay needs is under one subject.
      inboxPrefix: "ora.inbox",
      // One connection has one life: coming back is the bus's own business.
      reconnect: false,
      noEcho: true,
      ignoreClusterUpdates: true,
      noAsyncTraces: true,
      pingInterval: BUS_PING_MS,
      maxPingOut: BUS_PINGS_OUT,
      timeout: CONNECT_TIMEOUT_MS,
    },
  };
}

function parsed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["nats:", "tls:"].includes(url.protocol) || url.hostname === "") {
    throw bad("The bus is not named by nats://host:port or tls://host:port, separated by commas.");
  }
  if (!["", "/"].includes(url.pathname) || url.search !== "" || url.hash !== "") {
    throw bad("A server of the bus is named with more than a login, a host and a port.");
  }
  return url;
}

function login(urls: readonly URL[]): { user: string; pass: string } | { token: string } | undefined {
  const logins = new Set(
    urls.filter((url) => url.username !== "").map((url) => `${url.username}:${url.password}`),
  );
  if (logins.size > 1) throw bad("The servers of the bus are named with different logins.");
  const url = urls.find((each) => each.username !== "");
  if (url === undefined) return undefined;
  const user = decoded(url.username);
  return url.password === "" ? { token: user } : { user, pass: decoded(url.password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    // The cause would repeat the secret.
    if (!(cause instanceof URIError)) throw cause;
    throw bad("The login of the bus has a percent sign that is not an escape; write it as %25.");
  }
}

/** A seed file may have armour lines and comments around the seed. */
function seedIn(text: string): Uint8Array {
  const seed = /^SU[A-Z2-7]{56}$/m.exec(text.replace(/\r/g, ""))?.[0];
  if (seed === undefined) throw bad("The nkey file has no user seed (a line that begins with SU).");
  return new TextEncoder().encode(seed);
}

/** The library names no host for an address, and Node would then look for "localhost" in the certificate. */
function tls(servers: readonly BusServer[], ca: string | undefined) {
  const addresses = servers.map(({ host }) => host).filter((host) => isIP(host) !== 0);
  const isNamed = servers.some(({ host }) => host === "localhost");
  return {
    ...(ca !== undefined && { ca }),
    checkServerIdentity(name: string, certificate: PeerCertificate): Error | undefined {
      if (name !== "localhost" || isNamed || addresses.length === 0)
        return checkServerIdentity(name, certificate);
      const findings = addresses.map((address) => checkServerIdentity(address, certificate));
      return findings.includes(undefined) ? undefined : findings[0];
    },
  };
}

function bad(message: string): ClusterError {
  return new ClusterError("cluster_bad_settings", message);
}

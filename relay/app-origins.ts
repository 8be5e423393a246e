/**
 * Which hosts are origins of the PCs' web apps, and what they are called (phone client). Each PC has an origin of its
 * own, because its pages are foreign code: `<node_id>.<relay host>`, or one fixed origin that the owner of the relay
 * names. It decides by the Host header alone, and never takes the relay's own host for an app's.
 */
import { publicKeyFromNodeId } from "#shared/crypto/node-identity.ts";
import { parseRelayUrl } from "#shared/protocol/relay-url.ts";
import { isLoopbackHost, relayHost } from "#shared/protocol/v2/relay-host.ts";

/** What the setting says. */
export type AppsSetting = "subdomain" | "off" | `${"http" | "https"}://${string}`;

/** In words that end the sentence "allowed: …". */
export const APPS_ALLOWED =
  "subdomain (each PC's app at <node id>.<relay host>), off, or one origin such as https://apps.example that serves one PC at a time; not set: subdomain on loopback, otherwise off";

export function parseApps(value: string): AppsSetting | undefined {
  const word = value.toLowerCase();
  if (word === "subdomain" || word === "off") return word;
  const origin = /^https?:/i.test(value) ? parseRelayUrl(value) : undefined;
  if (origin === undefined || new URL(origin).pathname !== "/") return undefined;
  return origin as AppsSetting;
}

/** Why a setting cannot be used with the rest of the configuration. */
export type AppsTrouble = "needs_public_url" | "public_url_is_ip" | "same_as_home";

export interface AppOrigins {
  /** Whether a request with this Host header is for an app's origin. */
  isAppHost(hostHeader: string | undefined): boolean;
  /** What clients are told: `https://*.relay.example`, or the fixed origin. `port` is the one that is listened on. */
  template(port: number): string;
}

interface Place {
  readonly host: string;
  readonly publicUrl: string | undefined;
  readonly apps: AppsSetting | undefined;
}

/** What the setting comes to where it is not set: on this machine names cost nothing. */
export function effectiveApps(config: Place): AppsSetting {
  return config.apps ?? (isHere(config) ? "subdomain" : "off");
}

/** Undefined where apps are off. */
export function appOrigins(config: Place): AppOrigins | undefined {
  if (appsTrouble(config) !== undefined) return undefined;
  const { publicUrl } = config;
  const apps = effectiveApps(config);
  if (apps === "off") return undefined;
  if (apps !== "subdomain") {
    const own = relayHost(apps);
    const { protocol } = new URL(apps);
    return { isAppHost: (host) => hostOf(host, protocol) === own, template: () => apps };
  }
  if (isHere(config))
    return subdomains({ scheme: "http:", name: "localhost", port: loopbackPort(publicUrl) });
  const { protocol, hostname, port } = new URL(publicUrl ?? "");
  return subdomains({ scheme: protocol, name: hostname, port: () => port });
}

/** What is wrong with the combination of settings; undefined when nothing is. */
export function appsTrouble(config: Place): AppsTrouble | undefined {
  const { apps, publicUrl } = config;
  if (apps === undefined || apps === "off") return undefined;
  if (apps !== "subdomain") {
    return publicUrl !== undefined && relayHost(publicUrl) === relayHost(apps) ? "same_as_home" : undefined;
  }
  if (isHere(config)) return undefined;
  if (publicUrl === undefined) return "needs_public_url";
  const { hostname } = new URL(publicUrl);
  return isIpAddress(hostname) ? "public_url_is_ip" : undefined;
}

/** On this machine, names below `localhost` are loopback to every browser. */
function isHere({ host, publicUrl }: Place): boolean {
  const shown = publicUrl ?? `http://${host.includes(":") ? `[${host}]` : host}`;
  const own = relayHost(shown);
  return own !== undefined && isLoopbackHost(own);
}

function loopbackPort(publicUrl: string | undefined): (listening: number) => string {
  const fixed = publicUrl === undefined ? undefined : new URL(publicUrl).port;
  return (listening) => fixed ?? (listening === 80 ? "" : String(listening));
}

function subdomains(place: {
  readonly scheme: string;
  readonly name: string;
  readonly port: (listening: number) => string;
}): AppOrigins {
  const ending = `.${place.name.toLowerCase()}`;
  return {
    isAppHost(host) {
      const name = withoutRoot((host ?? "").toLowerCase()).replace(/:\d{1,5}$/, "");
      return name.endsWith(ending) && publicKeyFromNodeId(name.slice(0, -ending.length)) !== undefined;
    },
    template(listening) {
      const port = place.port(listening);
      return `${place.scheme}//*.${place.name}${port === "" ? "" : `:${port}`}`;
    },
  };
}

function hostOf(header: string | undefined, protocol: string): string | undefined {
  return header === undefined ? undefined : relayHost(`${protocol}//${withoutRoot(header)}`);
}

/** A name may end with the dot of the root, and is the same host. */
function withoutRoot(header: string): string {
  return header.replace(/\.(?=(:\d{1,5})?$)/, "");
}

function isIpAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname);
}

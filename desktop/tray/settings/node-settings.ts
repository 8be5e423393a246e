/**
 * The owner's settings as the node core takes them: its own configuration, made by its own decoder, so that both programs
 * read a value alike. The environment of the tray app decides nothing here.
 */
import type { Environment } from "#shared/config/settings.ts";
import { loadNodeConfig, type NodeConfig } from "../../core/config.ts";
import type { Machine } from "../../core/state-dir.ts";
import type { TraySettings } from "./tray-settings.ts";

/** A proxy script may answer with a list. UTF-16 units. */
const MAX_PROXY_ANSWER_LENGTH = 4_096;

/** Undefined while there is no relay. @throws {ConfigError} for values that `readSetting` would not let through. */
export function nodeConfig(
  settings: TraySettings,
  machine: Machine,
  stateDir: string,
): NodeConfig | undefined {
  const { relayUrl, apiUrl, enrollKey, pcName, plaintext } = settings;
  if (relayUrl === undefined) return undefined;
  return loadNodeConfig(
    {
      ORA_RELAY_URL: relayUrl,
      ORA_NODE_API_BASE_URL: apiUrl,
      ORA_RELAY_ENROLL_KEY: enrollKey,
      ORA_NODE_NAME: pcName,
      ORA_NODE_ASK_BEFORE_PAIRING: settings.askBeforePairing ? "1" : "0",
      ORA_NODE_ALLOW_PLAINTEXT: plaintext === "auto" ? undefined : plaintext === "allow" ? "1" : "0",
      ORA_NODE_DEVICE_EXPIRY_DAYS: String(settings.deviceExpiryDays),
      ORA_NODE_STATE_DIR: stateDir,
    },
    machine,
  );
}

/**
 * The proxy variables for the core. `systemProxy` is what the system says for the relay, in the form of a proxy
 * script: `DIRECT`, or `PROXY host:port; …`, of which the first that an HTTP client can use counts.
 */
export function proxyEnvironment(settings: TraySettings, systemProxy: string): Environment {
  const { proxy } = settings;
  if (proxy.kind === "none") return {};
  const url = proxy.kind === "manual" ? proxy.url : firstWay(systemProxy);
  return url === undefined || url === "socks" ? {} : { HTTP_PROXY: url, HTTPS_PROXY: url };
}

/** The system leads through a SOCKS proxy and leaves no other way: then nothing is dialled, rather than past it. */
export function needsSocks(settings: TraySettings, systemProxy: string): boolean {
  return settings.proxy.kind === "system" && firstWay(systemProxy) === "socks";
}

/** Undefined: straight there. */
function firstWay(answer: string): string | "socks" | undefined {
  let way: "socks" | undefined;
  for (const part of answer.slice(0, MAX_PROXY_ANSWER_LENGTH).split(";")) {
    const [kind = "", address = ""] = part.trim().split(/\s+/);
    if (kind === "DIRECT") return undefined;
    if (/^SOCKS[45]?$/.test(kind)) way = "socks";
    if (kind !== "PROXY" && kind !== "HTTP" && kind !== "HTTPS") continue;
    const url = `${kind === "HTTPS" ? "https" : "http"}://${address}`;
    if (URL.canParse(url) && new URL(url).host !== "") return url;
  }
  return way;
}

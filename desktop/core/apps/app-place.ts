/** What the local API is called, as its web app may name it: the app's links and its cookies' domains say one of these. */
import type { AppPlace } from "#shared/protocol/v2/app-messages.ts";
import type { LocalTarget } from "../local-proxy/local-target.ts";
import { isLoopbackHost } from "../loopback.ts";

const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/** What an app's device is told; its own origin is the first. */
export function appPlace(target: LocalTarget, name: string): AppPlace {
  return { name, origins: originsOf(target), basePath: target.basePath };
}

/** The names that a cookie's domain may say. `forwardedHost`: what the API is told that clients call it. */
export function cookieHosts(target: LocalTarget, forwardedHost: string): string[] {
  const own = originsOf(target).map((origin) => new URL(origin).hostname);
  const forwarded = new URL(`http://${forwardedHost}`).hostname;
  return [...new Set([...own, forwarded])].map((host) => host.replace(/^\[(.*)\]$/, "$1"));
}

function originsOf({ origin }: LocalTarget): string[] {
  const { protocol, hostname, port } = new URL(origin);
  if (!isLoopbackHost(hostname)) return [origin];
  const aliases = LOOPBACK_NAMES.map((name) => `${protocol}//${name}${port === "" ? "" : `:${port}`}`);
  return [...new Set([origin, ...aliases])];
}

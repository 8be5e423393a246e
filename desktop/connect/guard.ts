/**
 * Who may use the local address: programs on this machine, and pages that came from it. A page of another site may not,
 * whether it asks across sites (its Origin, or what the browser says of it, gives it away) or makes its own name point
 * here (DNS rebinding: then the Host is wrong).
 */
import type { IncomingHead } from "./incoming-head.ts";

export type Intrusion = "bad_host" | "bad_origin" | "cross_site";

export type Guard = (method: string, head: IncomingHead) => Intrusion | undefined;

/** The guard of a server on this port. */
export function guardOf(port: number): Guard {
  const names = ["127.0.0.1", "localhost", "[::1]"];
  const hosts = new Set(names.map((name) => `${name}:${port}`));
  // HTTP leaves its own port out.
  if (port === 80) for (const name of names) hosts.add(name);
  const isOurs = (host: string) => hosts.has(host.toLowerCase());

  return (method, head) => {
    const [host = "", ...others] = head.hosts;
    if (others.length > 0 || !isOurs(host)) return "bad_host";
    for (const origin of head.origins) {
      if (!origin.startsWith("http://") || !isOurs(origin.slice("http://".length))) return "bad_origin";
    }
    return isForeign(method, head) ? "cross_site" : undefined;
  };
}

/**
 * Requests without Origin that another site's page causes, such as images and forms that GET. Following a link is
 * allowed, as for SameSite=Lax cookies: whoever made the link cannot see what comes of it.
 */
function isForeign(method: string, { site, mode, destination }: IncomingHead): boolean {
  if (site === undefined || site === "same-origin" || site === "none") return false;
  return !(method === "GET" && mode === "navigate" && destination === "document");
}

/** What an intruder, or somebody who was mistaken for one, is told. */
export const INTRUSIONS: Readonly<Record<Intrusion, string>> = {
  bad_host: "Use the address that ora-connect printed: other names for it are refused.",
  bad_origin: "Only programs on this machine may use this address, not the pages of other sites.",
  cross_site: "Another site's page caused this request: open the address by itself.",
};

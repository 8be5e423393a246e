/** The first hops to a relay: its name, a TCP connection, its certificate. What fails ends the examination. */
import { isLoopbackHost } from "#shared/protocol/v2/relay-host.ts";
import { type Finding, note, ok, skipped, wrong } from "./finding.ts";
import { certificateOf, type Endpoint, type Network, reach, resolveName } from "./network.ts";
import { certificateAdvice, certificateWords, nameWords, reachWords } from "./words.ts";

const DAY_MS = 86_400_000;
/** Let's Encrypt's are renewed 30 days before they expire: with less than this left, that has stopped working. */
const RENEWAL_DAYS = 14;

const IP_ADDRESS = /^[\d.]+$|:/;

export function endpointOf(address: string): Endpoint & { readonly isSecure: boolean } {
  const url = new URL(address);
  const isSecure = url.protocol === "https:" || url.protocol === "wss:";
  const port = url.port !== "" ? Number(url.port) : isSecure ? 443 : 80;
  return { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port, isSecure };
}

/** Reports each finding as it comes. Resolves with whether the way is free as far as it was looked at. */
export async function examineAddress(
  network: Network,
  address: string,
  report: (finding: Finding) => void,
): Promise<boolean> {
  const { host, port, isSecure } = endpointOf(address);
  const first = network.proxy ?? { host, port };
  const what = network.proxy === undefined ? first.host : `the proxy ${first.host}`;
  if (IP_ADDRESS.test(first.host)) {
    report(skipped("dns", `${what} is an address already`));
  } else {
    const found = await resolveName(network, first.host);
    if (!found.ok) {
      report(wrong("dns", ...nameWords(first.host, found.code)));
      return false;
    }
    report(ok("dns", `${what} is ${[...new Set(found.value)].slice(0, 4).join(", ")}`));
  }
  const reached = await reach(network, first);
  if (!reached.ok) {
    report(wrong("tcp", ...reachWords(first, reached.code)));
    return false;
  }
  report(ok("tcp", `${what} takes connections on port ${first.port}`));
  if (!isSecure && isLoopbackHost(`${host}:${port}`)) {
    report(skipped("tls", "none, and nothing leaves this machine"));
    return true;
  }
  if (!isSecure) {
    report(note("tls", "none: the address is http, so anybody on the way sees which PC is used and when"));
    return true;
  }
  if (network.proxy !== undefined) {
    report(skipped("tls", "behind a proxy the certificate is looked at with the next step"));
    return true;
  }
  return examineCertificate(network, { host, port }, report);
}

async function examineCertificate(
  network: Network,
  { host, port }: Endpoint,
  report: (finding: Finding) => void,
): Promise<boolean> {
  const name = IP_ADDRESS.test(host) ? undefined : host;
  const seen = await certificateOf(network, { host, port, name });
  if (!seen.ok) {
    report(wrong("tls", certificateWords(host, seen.code), ...certificateAdvice(host, port, seen.code)));
    return false;
  }
  const { problem, expires } = seen.value;
  const day = Number.isNaN(expires) ? "an unknown day" : new Date(expires).toISOString().slice(0, 10);
  if (problem !== undefined) {
    const since = problem === "CERT_HAS_EXPIRED" ? ` on ${day}` : "";
    report(
      wrong("tls", `${certificateWords(host, problem)}${since}`, ...certificateAdvice(host, port, problem)),
    );
    return false;
  }
  const left = Math.floor((expires - network.now()) / DAY_MS);
  if (left < RENEWAL_DAYS) {
    report(
      note(
        "tls",
        `the certificate is good, and expires in ${left} days, on ${day}`,
        "see why it was not renewed: journalctl -u caddy -u certbot --since -30d",
      ),
    );
  } else report(ok("tls", `the certificate is good until ${day}`));
  return true;
}

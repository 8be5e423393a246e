/** Whether the names below a relay, under which web apps are served, lead to it and have certificates. */

import { endpointOf } from "./examine-address.ts";
import { type Finding, note, ok, skipped, wrong } from "./finding.ts";
import { certificateOf, type Network, resolveName } from "./network.ts";
import { certificateAdvice, certificateWords, isCertificateCode, nameWords } from "./words.ts";

/** Has the form of a node id, and is none that anybody has. */
const NOBODY = `${"a".repeat(51)}q`;

/** `apps` as the relay's greeting has it. */
export async function examineApps(
  network: Network,
  apps: string | undefined,
  report: (finding: Finding) => void,
): Promise<void> {
  if (apps === undefined) {
    report(
      note(
        "apps",
        "the relay serves no web apps",
        "ORA_RELAY_APPS=subdomain turns them on, with a name *.HOST",
      ),
    );
    return;
  }
  const isWildcard = apps.includes("*");
  const { host, port, isSecure } = endpointOf(apps.replace("*", NOBODY));
  const shown = isWildcard ? host.replace(NOBODY, "*") : host;
  // It is the relay's word, and stands in what people are told to type.
  if (!/^[\w.:-]+$/.test(host)) {
    report(wrong("apps", "the relay names a place for web apps that is no name"));
    return;
  }
  if (/(^|\.)localhost$/.test(host)) {
    report(ok("apps", `${shown} is this machine to every browser`));
    return;
  }
  if (network.proxy !== undefined) {
    report(skipped("apps", `a proxy stands between here and ${shown}`));
    return;
  }
  const found = await resolveName(network, host);
  if (!found.ok) {
    const [, ...advice] = nameWords(shown, found.code);
    report(wrong("apps", `${shown} has no address (${found.code}), so web apps cannot be opened`, ...advice));
    return;
  }
  if (!isSecure) {
    report(ok("apps", `${shown} has an address`));
    return;
  }
  const seen = await certificateOf(network, { host, port, name: host });
  if (seen.ok && seen.value.problem === undefined) {
    report(ok("apps", `${shown} has an address and a certificate`));
  } else if (seen.ok || isCertificateCode(seen.code)) {
    const code = seen.ok ? (seen.value.problem ?? "") : seen.code;
    report(wrong("apps", certificateWords(shown, code), ...certificateAdvice(shown, port, code)));
  } else {
    // Where certificates are made on demand, a name that no PC has gets none.
    report(
      note(
        "apps",
        `${shown} has an address; its certificate is made when a PC's app is first opened`,
        `where that is not so, the web server lacks a certificate for ${shown}`,
      ),
    );
  }
}

/** What `npm start` says about its settings, and about a port that somebody else has; pure. */
import type { Environment } from "#shared/config/settings.ts";
import { KNOWN_VARIABLES } from "#shared/config/variables.ts";
import { isLoopbackHost } from "../core/loopback.ts";

/** Which settings were written down. Their values may be secrets; the names are not. */
export function settingsText(written: Environment): string {
  const set = KNOWN_VARIABLES.filter((name) => (written[name] ?? "").trim() !== "");
  return set.length === 0
    ? "the defaults; change them in the environment or in .env (names: npm start -- --help)"
    : `${set.join(", ")} as you set ${set.length === 1 ? "it" : "them"}, else the defaults`;
}

/** How to try it where only this PC reaches the relay; nothing where others may. */
export function hereLines(relay: string, written: Environment): readonly string[] {
  const hasName = (written.ORA_RELAY_PUBLIC_URL ?? "").trim() !== "";
  if (hasName || !isLoopbackHost(new URL(relay).hostname)) return [];
  return [
    "  browser  open the link below on this PC; it shows the app, too",
    "  phone    the QR below works on this PC alone; to let phones of your Wi-Fi in:",
    "           npm start -- --lan",
  ];
}

const PORT_IN_USE = /cannot listen on (\S+:\d+): the port is in use/;

/** Why the relay did not start: its own words, but for what happens to whoever starts everything twice. */
export function relayTrouble(message: string): string {
  const address = PORT_IN_USE.exec(message)?.[1];
  if (address === undefined) return message;
  return `${address} is in use, probably by another \`npm start\` or relay: end that one, or set ORA_RELAY_PORT to a free port (0 takes any)`;
}

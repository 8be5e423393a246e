/** What `npm start` says about its settings, and about a port that somebody else has; pure. */
import type { Environment } from "#shared/config/settings.ts";
import { KNOWN_VARIABLES } from "#shared/config/variables.ts";

/** Which settings were written down. Their values may be secrets; the names are not. */
export function settingsText(written: Environment): string {
  const set = KNOWN_VARIABLES.filter((name) => (written[name] ?? "").trim() !== "");
  return set.length === 0
    ? "the defaults; change them in the environment or in .env (names: npm start -- --help)"
    : `${set.join(", ")} as you set ${set.length === 1 ? "it" : "them"}, else the defaults`;
}

const PORT_IN_USE = /cannot listen on (\S+:\d+): the port is in use/;

/** Why the relay did not start: its own words, but for what happens to whoever starts everything twice. */
export function relayTrouble(message: string): string {
  const address = PORT_IN_USE.exec(message)?.[1];
  if (address === undefined) return message;
  return `${address} is in use, probably by another \`npm start\` or relay: end that one, or set ORA_RELAY_PORT to a free port (0 takes any)`;
}

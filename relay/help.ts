/** What `ora-relay --help` says: every setting with what is allowed, taken from the settings themselves. */
import { RELAY_SETTINGS } from "./config.ts";

const SETTINGS = Object.values(RELAY_SETTINGS).map(({ variable, allowed, fallback }) => {
  const usual = typeof fallback === "boolean" ? Number(fallback) : (fallback ?? "not set");
  return `  ${variable} (${usual})\n      ${allowed}`;
});

export const RELAY_HELP = `ora-relay: carries what a node and its clients say to each other, and cannot read it

usage: ora-relay [--help | --version]
       ora-relay keys add|list|revoke …   who may register a node; see ora-relay keys --help
       ora-relay doctor [ADDRESS]         what is wrong, and what to type; see ora-relay doctor --help

Settings come from the environment, or from .env in the working directory:
${SETTINGS.join("\n")}

Exit codes: 0 after a clean end, 1 when it cannot listen, 64 wrong arguments, 78 a bad setting,
130 at a second signal.`;

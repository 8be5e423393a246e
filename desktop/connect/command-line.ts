/** What was written on the command line of `ora-connect`, typed. Anything not known is an error, never ignored. */
import { parseArgs } from "node:util";
import { parseRelayAddress } from "#shared/client/relay-address.ts";

export const USAGE = `usage: ora-connect LINK_OR_CODE [--relay URL] [--port N] [--name NAME]
       ora-connect [NAME] [--port N]
       ora-connect list
       ora-connect forget NAME

Reaches the API on your PC from this machine, encrypted end to end.

  LINK_OR_CODE  what the PC shows: https://relay.example/#P2.… or XXXX-XXXX;
                - reads it from standard input
  NAME          a PC that was paired before; may be left out when there is one
  --relay URL   the relay for a code; left out: ORA_RELAY_URL
  --port N      the local port; left out: 9020, or a free one
  --name NAME   what to remember the PC as; left out: what it calls itself
  --help, --version

Settings come from the environment, or from .env in the working directory:
  ORA_RELAY_URL       the relay for a code
  ORA_NODE_SECRETS    where PCs are remembered: keychain, file or memory (the keychain; without one nothing is kept)
  ORA_NODE_STATE_DIR  where files are kept (by the custom of the system)
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY   the way to the relay

Exit codes: 0 after a clean end, 1 when it cannot connect or was revoked, 64 wrong arguments or code,
78 a setting or the keychain needs attention.`;

export type Command =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "list" }
  | { readonly kind: "forget"; readonly name: string }
  | {
      readonly kind: "connect";
      /** A link, a code, a name, `-`, or nothing. */
      readonly target: string | undefined;
      readonly relay: string | undefined;
      readonly port: number | undefined;
      readonly name: string | undefined;
    }
  | { readonly kind: "error"; readonly message: string };

const OPTIONS = {
  relay: { type: "string" },
  port: { type: "string" },
  name: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

export function readCommandLine(args: readonly string[]): Command {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return { kind: "error", message: error instanceof Error ? firstSentence(error.message) : "bad options" };
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: "help" };
  if (values.version) return { kind: "version" };
  const { relay, name } = values;
  const [first, second, ...more] = positionals;
  if (first === "list" || first === "forget") return administration(first, positionals.slice(1), values);
  // What stands there may be a code, so it is counted and not repeated.
  if (second !== undefined || more.length > 0)
    return { kind: "error", message: "one link, code or name at a time" };
  // What was written may hold a password, so it is not repeated.
  if (relay !== undefined && !looksLikeUrl(relay)) {
    return {
      kind: "error",
      message: "--relay takes a URL, such as https://relay.example: that is not a URL",
    };
  }
  const port = values.port === undefined ? undefined : portOf(values.port);
  if (port === "invalid") return { kind: "error", message: "--port takes a number from 0 to 65535" };
  return { kind: "connect", target: first, relay, port, name };
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}

function administration(command: "list" | "forget", rest: string[], values: object): Command {
  const [option] = Object.keys(values);
  if (option !== undefined) return { kind: "error", message: `${command} takes no --${option}` };
  if (command === "list") {
    return rest.length === 0 ? { kind: "list" } : { kind: "error", message: "list takes no name" };
  }
  const [name, ...more] = rest;
  if (name === undefined || more.length > 0) return { kind: "error", message: "forget takes one name" };
  return { kind: "forget", name };
}

/** A single word is taken for a slip: no relay that others can reach is called so. */
function looksLikeUrl(text: string): boolean {
  return parseRelayAddress(text) !== undefined && /[.:]|^localhost\b/i.test(text.trim());
}

function portOf(text: string): number | "invalid" {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : "invalid";
}

/** Node goes on to explain how to write positionals, which would only confuse here. */
function firstSentence(message: string): string {
  return message.replace(/\. .*$/s, "");
}

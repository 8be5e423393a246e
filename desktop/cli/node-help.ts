/** What `ora-node --help` says. */
import { DOCTOR_SUMMARY, DOCTOR_USAGE } from "../core/doctor/doctor-command.ts";
import { COMMANDS } from "./commands/all.ts";
import { NEW_IDENTITY_COMMAND } from "./commands/new-identity.ts";

export const NODE_HELP = `ora-node: lets paired clients reach the API on this PC through a relay

usage: ora-node [COMMAND | --help | --version]

Without a command it is the node. A command asks the node that runs on the same state directory, or works on
what is stored when none does:
${[...COMMANDS, NEW_IDENTITY_COMMAND].map(({ name, usage, summary }) => `  ${`${name} ${usage}`.trim()}\n      ${summary}`).join("\n")}
  ${DOCTOR_USAGE}
      ${DOCTOR_SUMMARY.join("\n      ")}

Settings come from the environment, or from .env in the working directory:
  ORA_RELAY_URL                  the relay (ws://127.0.0.1:9010)
  ORA_NODE_API_BASE_URL          the local API (http://127.0.0.1:8000)
  ORA_NODE_API_IDLE_SEC          how long the local API may be silent in an encrypted stream (3600)
  ORA_NODE_NAME                  what devices call this PC (the machine's name)
  ORA_RELAY_ENROLL_KEY           the key of a relay that takes known nodes only; never sent unencrypted
  ORA_NODE_ASK_BEFORE_PAIRING    1: ask here, or by \`ora-node pair --allow\`, before a device is let in (0)
  ORA_NODE_DEVICE_EXPIRY_DAYS    a device that was not used for so long is forgotten (30)
  ORA_RELAY_NODE_ID              this node's name at a version 1 relay (ORA_INSTANCE_ID, else "node")
  ORA_RELAY_PAIR_CODE            a fixed pairing code, for tests (a fresh one each time)
  ORA_RELAY_PAIR_TTL_SEC         how long a code lives, 30 to 600 (120)
  ORA_NODE_SECRETS               keychain, file or memory (the keychain; without one the node stops)
  ORA_NODE_STATE_DIR             where files are kept (by the custom of the system)
  ORA_NODE_ALLOW_PLAINTEXT       1: clients that the relay can read (on for a relay on
                                 this machine without a public URL, unless you want to be asked before a pairing)
  ORA_RELAY_MAX_HTTP_BODY_BYTES  the largest body of a plaintext request or answer (262144)
  ORA_RELAY_MAX_MSG_BYTES        the longest plaintext message (1048576)
  ORA_RELAY_CLIENT_TIMEOUT_SEC   when the relay gives up on a plaintext request (35)
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY   the way to the relay

Exit codes: 0 after a clean end, 1 when a command or the doctor finds something wrong, 64 wrong arguments, 78 a setting or the keychain needs attention.`;

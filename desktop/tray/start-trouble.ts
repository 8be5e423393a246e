/** Why a node could not be started, as one code for the owner. The keychain's own errors say more than "no keychain". */
import { ControlError } from "../core/control/address.ts";
import { SecretsError } from "../core/secrets/secret-store.ts";
import type { BlockCode } from "./app-state.ts";

/** Words of the system where there is no keychain at all; else there is one that does not open. */
const NO_SERVICE =
  /keytar|D-?Bus|autolaunch|ServiceUnknown|not provided by any|org\.freedesktop\.secrets was not/i;

export function startTrouble(error: unknown): { readonly code: BlockCode; readonly detail?: string } {
  if (error instanceof ControlError) {
    return error.code === "already_running" ? { code: "other_node" } : { code: "start_failed" };
  }
  if (!(error instanceof SecretsError)) return { code: "start_failed" };
  switch (error.code) {
    case "no_keychain":
      return { code: isMissing(error) ? "keychain_missing" : "keychain_locked" };
    case "damaged":
      return { code: "store_damaged", detail: "node_key" };
    default:
      return { code: "keychain_failed", detail: error.code };
  }
}

function isMissing({ message, cause }: SecretsError): boolean {
  // The advice at the end of the message names every kind of keychain.
  const why = message.split(". To go on")[0] ?? "";
  return NO_SERVICE.test(why) || (cause instanceof Error && NO_SERVICE.test(cause.message));
}

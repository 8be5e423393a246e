/**
 * What `ora-node COMMAND --help` says. Nothing is read and nobody is asked for it, so that it helps where a setting is
 * wrong or no node runs, and it is no misuse.
 */
import { DOCTOR, DOCTOR_SUMMARY, DOCTOR_USAGE } from "../../core/doctor/doctor-command.ts";
import type { ProgramNames } from "../program-names.ts";
import { findCommand } from "./all.ts";
import { NEW_IDENTITY_COMMAND } from "./new-identity.ts";

/** Its lines; undefined when the arguments ask for none. `-h` alone counts: after an ID it may be a part of a name. */
export function commandHelp(args: readonly string[], names: ProgramNames): readonly string[] | undefined {
  const [name, ...rest] = args;
  if (!rest.includes("--help") && !(rest[0] === "-h" && rest.length === 1)) return undefined;
  if (name === DOCTOR) return [`usage: ${names.node} ${DOCTOR_USAGE}`, ...DOCTOR_SUMMARY];
  const command = name === NEW_IDENTITY_COMMAND.name ? NEW_IDENTITY_COMMAND : findCommand(name);
  if (command === undefined) return undefined;
  return [`usage: ${names.node} ${command.name} ${command.usage}`.trim(), command.summary];
}

/**
 * `ora-node new-identity`: this PC becomes another one, and every device has to be paired again. It is done on the
 * stored state, while no node runs, and after asking.
 */

import { EXIT } from "#shared/config/exit-code.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { nodeIdFromPublicKey } from "#shared/crypto/node-identity.ts";
import type { DeviceRegistry } from "../../core/devices/device-registry.ts";
import { makeNodeKey } from "../../core/identity/node-key.ts";
import type { SecretStore } from "../../core/secrets/secret-store.ts";
import type { ProgramNames } from "../program-names.ts";

export const NEW_IDENTITY = "new-identity";

export const NEW_IDENTITY_COMMAND = {
  name: NEW_IDENTITY,
  usage: "[--yes]",
  summary: "become another node: every device has to be paired again",
} as const;

export interface NewIdentityOptions {
  readonly args: readonly string[];
  readonly store: SecretStore;
  readonly backend: CryptoBackend;
  readonly devices: DeviceRegistry;
  readonly print: (line: string) => void;
  readonly names: ProgramNames;
  /** Asks the owner; undefined when there is nobody to ask. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
}

export async function newIdentity(options: NewIdentityOptions): Promise<number> {
  const { args, store, backend, devices, print, names, confirm } = options;
  const isSure = args[0] === "--yes";
  if (args.length > (isSure ? 1 : 0)) {
    print(`usage: ${names.node} ${NEW_IDENTITY} ${NEW_IDENTITY_COMMAND.usage}`);
    return EXIT.USAGE;
  }
  const count = devices.list().length;
  if (!isSure) {
    if (confirm === undefined) {
      print("nothing was changed: say --yes where there is nobody to ask");
      return EXIT.USAGE;
    }
    const who = count === 1 ? "1 paired device has" : `${count} paired devices have`;
    const question = `This PC gets a new identity, and ${who} to be paired again. Go on?`;
    if (!(await confirm(question))) {
      print("nothing was changed");
      return EXIT.FAILED;
    }
  }
  // The devices first: with the old key and without them nobody gets in, either.
  for (const { id } of devices.list()) await devices.remove(id).stored;
  const key = await makeNodeKey({ store, backend });
  print(`this PC is now ${nodeIdFromPublicKey(key.publicKey)}`);
  if (count > 0) print(count === 1 ? "1 device was forgotten" : `${count} devices were forgotten`);
  return EXIT.OK;
}

/**
 * Secrets in the system's keychain (Secret Service, macOS Keychain, Windows Credential Manager), through keytar,
 * which is an optional dependency. Where the library, the session bus or the unlocked keyring is missing, the answer
 * is one clear `no_keychain` error; nothing is written anywhere else instead.
 */
import type * as Keytar from "keytar";
import type { Cancel, Clock } from "../clock.ts";
import { checkName, checkSecret, isSecretName, type SecretStore, SecretsError } from "./secret-store.ts";

type Library = Pick<typeof Keytar, "getPassword" | "setPassword" | "deletePassword" | "findCredentials">;

/** A locked keyring asks its user; this is how long he may take. */
const ANSWER_TIMEOUT_MS = 60_000;

/** An item of our own that holds no secret. Its name is none that {@link checkName} lets through. */
const MARKER = "ora.keychain";

const WHAT_TO_DO =
  "unlock or install a keychain (on Linux: gnome-keyring or KWallet in a desktop session), " +
  "or choose ORA_NODE_SECRETS=file or ORA_NODE_SECRETS=memory";

function noKeychain(why: string, cause?: unknown): SecretsError {
  return new SecretsError("no_keychain", `no usable keychain: ${why}. To go on: ${WHAT_TO_DO}`, { cause });
}

/** keytar is CommonJS: depending on the loader its functions stand on the namespace or on its default export. */
function libraryIn(module: object): Library | undefined {
  const candidate: unknown = "default" in module ? module.default : module;
  const isLibrary =
    typeof candidate === "object" &&
    candidate !== null &&
    ["getPassword", "setPassword", "deletePassword", "findCredentials"].every(
      (name) => typeof Reflect.get(candidate, name) === "function",
    );
  return isLibrary ? (candidate as Library) : undefined;
}

async function loadLibrary(load: () => Promise<object>): Promise<Library> {
  let module: object;
  try {
    module = await load();
  } catch (error) {
    throw noKeychain(
      "its library (keytar) is not installed or lacks a system library such as libsecret",
      error,
    );
  }
  const library = libraryIn(module);
  if (library === undefined) throw noKeychain("its library (keytar) is not the one expected");
  return library;
}

export interface KeychainOptions {
  /** What the items are filed under. */
  readonly service: string;
  readonly clock: Clock;
  /** How to get keytar; another one in tests. */
  readonly load?: () => Promise<object>;
}

/**
 * Opens the keychain and sees that it keeps an item, so that a missing or locked one shows here and not later.
 * @throws {SecretsError} `no_keychain`
 */
export async function keychainSecrets({
  service,
  clock,
  load = () => import("keytar"),
}: KeychainOptions): Promise<SecretStore> {
  const library = await loadLibrary(load);

  /** The library's messages are the system's; none repeats an item. */
  async function ask<Answer>(question: Promise<Answer>): Promise<Answer> {
    let cancel: Cancel | undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = clock.after(ANSWER_TIMEOUT_MS, () => reject(new Error("it does not answer")));
    });
    try {
      return await Promise.race([question, late]);
    } catch (error) {
      throw noKeychain(error instanceof Error ? error.message.replace(/[\s.]+$/, "") : "it failed", error);
    } finally {
      cancel?.();
    }
  }

  // A locked keyring answers a question about an item it does not have; only one it keeps tells whether it is open.
  if ((await ask(library.getPassword(service, MARKER))) === null) {
    await ask(library.setPassword(service, MARKER, "in use"));
  }

  return {
    kind: "keychain",
    async get(name) {
      checkName(name);
      return (await ask(library.getPassword(service, name))) ?? undefined;
    },
    async set(name, secret) {
      checkName(name);
      checkSecret(secret);
      await ask(library.setPassword(service, name, secret));
    },
    async delete(name) {
      checkName(name);
      return ask(library.deletePassword(service, name));
    },
    async list() {
      const found = await ask(library.findCredentials(service));
      return found
        .map(({ account }) => account)
        .filter(isSecretName)
        .sort();
    },
  };
}

/**
 * Secrets in files that only their owner can read: one JSON file per item, mode 0600, in a directory of mode 0700.
 * A crash leaves the old item or the new one. A file that others can read is refused, a damaged one is reported and
 * kept: it may be the only copy of a key.
 * Windows has no such modes; there the user's profile protects the directory.
 */
import { chmod, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile, syncDirectory } from "./replace-file.ts";
import { checkName, checkSecret, isSecretName, type SecretStore, SecretsError } from "./secret-store.ts";

const OTHERS = 0o077;
const SUFFIX = ".json";
/** Far above what an item can need: a larger file is not ours. Bytes. */
const MAX_FILE_BYTES = 32_768;

const hasModes = process.platform !== "win32";

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function failed(what: string, path: string, cause: unknown): SecretsError {
  if (cause instanceof SecretsError) return cause;
  return new SecretsError("store_failed", `cannot ${what} ${path} (${String(codeOf(cause) ?? "unknown")})`, {
    cause,
  });
}

function refuseExposed(path: string, mode: number, fix: string): void {
  if (hasModes && (mode & OTHERS) !== 0) {
    throw new SecretsError(
      "exposed",
      `other users can reach ${path}, which holds secrets: run chmod ${fix} ${path}`,
    );
  }
}

async function readItem(path: string): Promise<string | undefined> {
  const file = await open(path, "r").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const { mode, size } = await file.stat();
    refuseExposed(path, mode, "600");
    const value: unknown = size > MAX_FILE_BYTES ? undefined : parse(await file.readFile("utf8"));
    if (
      typeof value === "object" &&
      value !== null &&
      "secret" in value &&
      typeof value.secret === "string"
    ) {
      return value.secret;
    }
    throw new SecretsError(
      "damaged",
      `${path} is damaged; it was left as it is: restore it, or move it away`,
    );
  } finally {
    await file.close();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Damaged: the caller says so, and the parser's message would quote the secret.
    return undefined;
  }
}

/**
 * Opens the store, making its directory when it is not there.
 * @throws {SecretsError} `exposed` when other users can reach the directory, `store_failed` when it cannot be made.
 */
export async function fileSecrets(directory: string): Promise<SecretStore> {
  try {
    const made = await mkdir(directory, { recursive: true, mode: 0o700 });
    if (made !== undefined && hasModes) await chmod(directory, 0o700);
    refuseExposed(directory, (await stat(directory)).mode, "700");
  } catch (error) {
    throw failed("use the directory", directory, error);
  }
  const pathOf = (name: string) => {
    checkName(name);
    return join(directory, name + SUFFIX);
  };
  return {
    kind: "file",
    async get(name) {
      const path = pathOf(name);
      return readItem(path).catch((error: unknown) => {
        throw failed("read", path, error);
      });
    },
    async set(name, secret) {
      checkSecret(secret);
      const path = pathOf(name);
      await replaceFile(directory, path, JSON.stringify({ secret })).catch((error: unknown) => {
        throw failed("write", path, error);
      });
    },
    async delete(name) {
      const path = pathOf(name);
      try {
        await rm(path);
        await syncDirectory(directory);
        return true;
      } catch (error) {
        if (codeOf(error) === "ENOENT") return false;
        throw failed("remove", path, error);
      }
    },
    async list() {
      const files = await readdir(directory).catch((error: unknown) => {
        throw failed("list", directory, error);
      });
      const names = files
        .filter((file) => file.endsWith(SUFFIX))
        .map((file) => file.slice(0, -SUFFIX.length));
      return names.filter(isSecretName).sort();
    },
  };
}

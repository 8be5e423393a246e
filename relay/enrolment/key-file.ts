/**
 * The file of enrolment keys on disk. It is replaced by renaming a whole, flushed file over it, so that a full disk or a
 * crash leaves the old one; what is damaged is reported and never overwritten. Two writers at once: the second is told.
 */
import { type FileHandle, open, rename, rm, type stat } from "node:fs/promises";
import { EnrolmentError } from "./enrolment-error.ts";
import { decodeKeys, type EnrolmentKey, encodeKeys, MAX_KEY_FILE_BYTES } from "./enrolment-key.ts";

type Stats = Awaited<ReturnType<typeof stat>>;

const OTHERS_WRITE = 0o022;
/** The keys' hashes give nothing away, and the relay often runs as another user than whoever adds keys. */
const NEW_FILE_MODE = 0o644;
const MODE_BITS = 0o777;

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

interface KeyFile {
  readonly keys: EnrolmentKey[];
  readonly stats: Stats;
}

/** @throws {EnrolmentError} */
async function load(path: string): Promise<KeyFile> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const stats = await file.stat();
    if (process.platform !== "win32" && (Number(stats.mode) & OTHERS_WRITE) !== 0) {
      throw new EnrolmentError("keys_exposed", `other users can write ${path}: run chmod go-w ${path}`);
    }
    const isFile = stats.isFile() && stats.size <= MAX_KEY_FILE_BYTES;
    const keys = isFile ? decodeKeys(await file.readFile("utf8")) : undefined;
    if (keys === undefined) {
      throw new EnrolmentError(
        "keys_damaged",
        `${path} is not a file of enrolment keys, or is damaged: it was left as it is; restore it, or move it away`,
      );
    }
    return { keys, stats };
  } catch (error) {
    if (error instanceof EnrolmentError) throw error;
    const code = systemCode(error);
    if (code === "ENOENT") {
      throw new EnrolmentError(
        "keys_missing",
        `${path} does not exist: make it with ora-relay keys add NAME`,
      );
    }
    throw new EnrolmentError("keys_unreadable", `${path} cannot be read (${code})`, { cause: error });
  } finally {
    await file?.close();
  }
}

/**
 * The keys in the file.
 * @throws {EnrolmentError} when there is no such file, or it cannot be read or trusted.
 */
export async function readKeyFile(path: string): Promise<EnrolmentKey[]> {
  return (await load(path)).keys;
}

/**
 * Replaces the keys by what `change` makes of them; a file that is missing counts as empty.
 * @throws {EnrolmentError} from `change`, or when the file cannot be read, trusted or written: it is as before then.
 */
export async function updateKeyFile(
  path: string,
  change: (keys: readonly EnrolmentKey[]) => readonly EnrolmentKey[],
): Promise<void> {
  const draft = `${path}.new`;
  // The draft is the lock as well: it can be made only while there is none.
  const file = await open(draft, "wx", NEW_FILE_MODE).catch((error: unknown) => {
    const code = systemCode(error);
    if (code === "EEXIST") {
      throw new EnrolmentError(
        "keys_busy",
        `another ora-relay keys is at work; when there is none, remove ${draft}`,
      );
    }
    throw notWritten(path, error);
  });
  try {
    const before = await load(path).catch((error: unknown) => {
      if (error instanceof EnrolmentError && error.code === "keys_missing") return undefined;
      throw error;
    });
    const text = encodeKeys(change(before?.keys ?? []));
    try {
      await file.writeFile(text);
      // The umask of whoever adds keys has cut the mode at the opening.
      if (before === undefined) await file.chmod(NEW_FILE_MODE);
      else await keepOwner(file, before.stats);
      await file.sync();
      await rename(draft, path);
    } catch (error) {
      throw notWritten(path, error);
    }
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function keepOwner(file: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  await file.chmod(Number(mode) & MODE_BITS);
  const { uid: ownUid, gid: ownGid } = await file.stat();
  if (uid !== ownUid || gid !== ownGid) await file.chown(Number(uid), Number(gid));
}

function notWritten(path: string, error: unknown): EnrolmentError {
  return new EnrolmentError("keys_not_written", `${path} cannot be written (${systemCode(error)})`, {
    cause: error,
  });
}

/**
 * Where the running node listens for its owner's commands: a socket that only this user can open, in the state
 * directory; on Windows a named pipe whose name belongs to this user and this directory. The directory counts as what it
 * is, whatever links lead to it, so that every path to it gives one address.
 */
import { createHash } from "node:crypto";
import { lstatSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

/** macOS has the shortest limit for the path of a socket: 104 bytes, with the zero at its end. */
const MAX_SOCKET_PATH_BYTES = 103;

export interface ControlPlace {
  readonly stateDir: string;
  readonly platform: NodeJS.Platform;
  /** The user's numeric id, where the system has one; else the name. */
  readonly user: string;
  /** Where a socket goes whose path would be too long; left out: XDG_RUNTIME_DIR. */
  readonly runtimeDir?: string | undefined;
}

export interface ControlAddress {
  /** What to listen on, or connect to. */
  readonly path: string;
  /** The directory that holds the socket; undefined for a pipe. */
  readonly directory: string | undefined;
  /** A file in the state directory in which the running node names its socket; undefined for a pipe. */
  readonly claim?: string | undefined;
}

export class ControlError extends Error {
  readonly code: "already_running" | "exposed" | "unusable";

  constructor(code: ControlError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ControlError";
    this.code = code;
  }
}

export function controlAddress(place: ControlPlace): ControlAddress {
  const { platform, user, runtimeDir = process.env.XDG_RUNTIME_DIR } = place;
  const stateDir = realPath(resolve(place.stateDir));
  const name = createHash("sha256").update(`${user}\0${stateDir}`).digest("hex").slice(0, 24);
  if (platform === "win32") return { path: `\\\\.\\pipe\\ora-relay-${name}`, directory: undefined };
  const claim = join(stateDir, "node.claim");
  const directory = join(stateDir, "control");
  const path = join(directory, SOCKET_NAME);
  if (fits(path)) return { path, directory, claim };
  for (const parent of [runtimeDir, tmpdir()]) {
    if (parent === undefined || (parent === runtimeDir && !isOwnAlone(parent))) continue;
    const short = join(parent, `ora-relay-${name}`);
    if (fits(join(short, SOCKET_NAME))) return { path: join(short, SOCKET_NAME), directory: short, claim };
  }
  throw new ControlError("unusable", "the directory for temporary files has too long a name: set TMPDIR");
}

export const SOCKET_NAME = "node.sock";

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES;
}

/** What `path` is without links; of a path that does not exist yet, as far as it does. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    // Not there, or not to be looked at: opening it will tell.
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

/** Whether it is a directory that only this user can get at. */
function isOwnAlone(directory: string): boolean {
  if (!directory.startsWith("/")) return false;
  try {
    const found = lstatSync(directory);
    const isOwn = process.getuid === undefined || found.uid === process.getuid();
    return found.isDirectory() && isOwn && (found.mode & 0o077) === 0;
  } catch {
    // There is another place.
    return false;
  }
}

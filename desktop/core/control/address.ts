/**
 * Where the running node listens for its owner's commands: a socket that only this user can open, in the state
 * directory; on Windows a named pipe whose name belongs to this user and this directory.
 */
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** macOS has the shortest limit for the path of a socket: 104 bytes, with the zero at its end. */
const MAX_SOCKET_PATH_BYTES = 103;

export interface ControlPlace {
  readonly stateDir: string;
  readonly platform: NodeJS.Platform;
  /** The user's numeric id, where the system has one; else the name. */
  readonly user: string;
}

export interface ControlAddress {
  /** What to listen on, or connect to. */
  readonly path: string;
  /** The directory that holds the socket; undefined for a pipe. */
  readonly directory: string | undefined;
}

export class ControlError extends Error {
  readonly code: "already_running" | "exposed" | "unusable";

  constructor(code: ControlError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ControlError";
    this.code = code;
  }
}

export function controlAddress({ stateDir, platform, user }: ControlPlace): ControlAddress {
  const name = createHash("sha256")
    .update(`${user}\0${resolve(stateDir)}`)
    .digest("hex")
    .slice(0, 24);
  if (platform === "win32") return { path: `\\\\.\\pipe\\ora-relay-${name}`, directory: undefined };
  const directory = join(stateDir, "control");
  const path = join(directory, "node.sock");
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return { path, directory };
  const short = join(tmpdir(), `ora-relay-${name}`);
  return { path: join(short, "node.sock"), directory: short };
}

/**
 * The socket's directory belongs to this user alone, or it is not used: by the node that listens there, and by whoever
 * talks to it. In a directory that all users share, somebody else may have been there first, with a directory, a link
 * or a socket of his own. Looked at itself and not through a link; once it is this user's and closed to others, what is
 * in it cannot be changed by them.
 */
import type { Stats } from "node:fs";
import { chmod, lstat, mkdir } from "node:fs/promises";
import { type ControlAddress, ControlError } from "./address.ts";

/** Makes the directory, for this user alone. @throws ControlError `exposed` when it is another's, or a link. */
export async function prepareDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const found = await lstat(directory);
    if (!found.isDirectory()) throw exposed(directory, "is no directory of its own");
    if (!isOwn(found)) throw exposed(directory, "belongs to another user");
    await chmod(directory, 0o700);
  } catch (error) {
    if (error instanceof ControlError) throw error;
    throw new ControlError("unusable", `cannot use the directory ${directory}`, { cause: error });
  }
}

/**
 * Whether there is a socket that this user's node may have made; false when there is none.
 * @throws ControlError `exposed` for a place that another user has made, or can get at.
 */
export async function isPrivate({ path, directory }: ControlAddress): Promise<boolean> {
  // A pipe's name belongs to whoever listens.
  if (directory === undefined) return true;
  const place = await look(directory);
  if (place === undefined) return false;
  if (!place.isDirectory()) throw exposed(directory, "is no directory of its own");
  if (!isOwn(place)) throw exposed(directory, "belongs to another user");
  if ((place.mode & 0o077) !== 0) throw exposed(directory, "is open to other users");
  const socket = await look(path);
  if (socket === undefined) return false;
  if (!socket.isSocket() || !isOwn(socket)) throw exposed(path, "is not this user's socket");
  return true;
}

async function look(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) {
      return undefined;
    }
    throw new ControlError("unusable", `cannot look at ${path}`, { cause: error });
  }
}

function isOwn({ uid }: Stats): boolean {
  return process.getuid === undefined || uid === process.getuid();
}

function exposed(path: string, why: string): ControlError {
  return new ControlError("exposed", `${path} ${why}: remove it, or choose another ORA_NODE_STATE_DIR`);
}

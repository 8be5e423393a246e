/**
 * One node to a state directory, whatever path it came by. The socket says so only where all find the same socket; so
 * the node also names its socket in a file of the state directory itself. The claim holds while that socket answers,
 * and is over with its process.
 */
import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ControlError } from "./address.ts";
import { isAnswered } from "./is-answered.ts";

const ATTEMPTS = 5;

/** Longer than the path of any socket. */
const MAX_CLAIM_LENGTH = 512;

export interface StateClaim {
  release(): Promise<void>;
}

/**
 * Claims the state directory for the node that listens on `socket`; undefined when another one has it.
 * @throws ControlError `unusable` when the file cannot be written.
 */
export async function claimState(file: string, socket: string): Promise<StateClaim | undefined> {
  const own = `${file}.${randomUUID()}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(own, socket, { mode: 0o600, flag: "wx" });
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      // A link appears with its content, and for one alone.
      if (await isFirst(own, file)) return claimOf(file, socket);
      const holder = await claimedSocket(file);
      // It is this node that listens there, so the file is what an earlier one left behind.
      if (holder === socket) return claimOf(file, socket);
      if (holder !== undefined && (await isAnswered(holder))) return undefined;
      if (!(await removeStale(file, holder))) return undefined;
    }
    return undefined;
  } catch (error) {
    throw new ControlError("unusable", `cannot write ${file}`, { cause: error });
  } finally {
    await rm(own, { force: true });
  }
}

/** The socket of the node that has claimed the directory; undefined when there is no claim. */
export async function claimedSocket(file: string): Promise<string | undefined> {
  try {
    const text = await readFile(file, "utf8");
    return text.length > MAX_CLAIM_LENGTH || text.includes("\0") ? "" : text;
  } catch {
    // There is none, or somebody has just taken it away.
    return undefined;
  }
}

async function isFirst(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** What a crash left behind is moved away before it goes. False when it was somebody's new claim, which is put back. */
async function removeStale(file: string, seen: string | undefined): Promise<boolean> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    // Somebody else was quicker: the next attempt tells.
    return true;
  }
  const isStale = (await claimedSocket(aside)) === seen;
  if (!isStale) await isFirst(aside, file);
  await rm(aside, { force: true });
  return isStale;
}

function claimOf(file: string, socket: string): StateClaim {
  return {
    async release() {
      if ((await claimedSocket(file)) === socket) await rm(file, { force: true });
    },
  };
}

/**
 * Takes the owner's commands while the node runs: one command a connection, `{"args":[…],"input"?}` in, lines and an
 * exit code out. Listening is also what makes this node the only one on its state directory.
 */
import { randomUUID } from "node:crypto";
import { chmod, rename, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { EXIT } from "#shared/config/exit-code.ts";
import { type ControlAddress, ControlError } from "./address.ts";
import { isAnswered } from "./is-answered.ts";
import { readJsonLines, writeJsonLine } from "./json-lines.ts";
import { prepareDirectory } from "./private-place.ts";
import { claimState, type StateClaim } from "./state-claim.ts";

export interface CommandCall {
  readonly args: readonly string[];
  /** What came on standard input, where the command wants it. Secret. */
  readonly input: string | undefined;
  print(line: string): void;
  /** Whoever asked has gone. */
  readonly signal: AbortSignal;
}

/** Carries a command out; returns its exit code. */
export type RunCommand = (call: CommandCall) => Promise<number>;

export interface ControlServer {
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 32;
const MAX_ARGUMENTS = 64;
/** How long a connection may take to say what it wants. */
const ASK_TIMEOUT_MS = 5_000;
const CLAIM_ATTEMPTS = 5;

/** @throws ControlError `already_running` when another node has this directory, `exposed` when it is not safe. */
export async function listenForCommands(address: ControlAddress, run: RunCommand): Promise<ControlServer> {
  if (address.directory !== undefined) await prepareDirectory(address.directory);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, run);
  });
  server.maxConnections = MAX_CONNECTIONS;
  await claim(server, address);
  const stateClaim = await claimStateOf(server, address);
  return {
    async close() {
      await stateClaim?.release();
      for (const socket of sockets) socket.destroy();
      // Closing removes the socket's file.
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function claim(server: Server, { path, directory }: ControlAddress): Promise<void> {
  for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
    const failure = await listen(server, path);
    if (failure === undefined) {
      if (directory !== undefined) await chmod(path, 0o600);
      return;
    }
    if (failure !== "EADDRINUSE") throw new ControlError("unusable", `cannot listen on ${path} (${failure})`);
    if (directory === undefined || (await isAnswered(path))) throw alreadyRunning();
    await removeStale(path);
  }
  throw alreadyRunning();
}

/** The directory by whatever path. Not had, the socket is given up again. */
async function claimStateOf(server: Server, address: ControlAddress): Promise<StateClaim | undefined> {
  if (address.claim === undefined) return undefined;
  try {
    const claimed = await claimState(address.claim, address.path);
    if (claimed === undefined) throw alreadyRunning();
    return claimed;
  } catch (error) {
    await new Promise((resolve) => server.close(resolve));
    throw error;
  }
}

function listen(server: Server, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve("code" in error ? String(error.code) : "unknown");
    server.once("error", failed);
    server.listen(path, () => {
      server.removeListener("error", failed);
      resolve(undefined);
    });
  });
}

/** What a crash left behind. Moved away first, so that of two that clean up none removes the other's new socket. */
async function removeStale(path: string): Promise<void> {
  const aside = join(dirname(path), `.${randomUUID()}.stale`);
  try {
    await rename(path, aside);
  } catch {
    // Somebody else was quicker: the next attempt tells.
    return;
  }
  if (await isAnswered(aside)) {
    await rename(aside, path);
    throw alreadyRunning();
  }
  await rm(aside, { force: true });
}

function alreadyRunning(): ControlError {
  return new ControlError(
    "already_running",
    "another node is running on this state directory; stop it first, or choose another ORA_NODE_STATE_DIR",
  );
}

function serve(socket: Socket, run: RunCommand): void {
  const gone = new AbortController();
  let hasAsked = false;
  socket.setTimeout(ASK_TIMEOUT_MS, () => {
    if (!hasAsked) socket.destroy();
  });
  socket.on("error", () => undefined);
  socket.on("close", () => gone.abort());
  readJsonLines(socket, {
    broken: () => undefined,
    object: ({ args, input }) => {
      if (hasAsked || !isTexts(args) || (input !== undefined && typeof input !== "string")) {
        socket.destroy();
        return;
      }
      hasAsked = true;
      const print = (line: string) => writeJsonLine(socket, { line });
      run({ args, input, print, signal: gone.signal }).then(
        (exit) => finish(exit),
        () => {
          // What went wrong is the node's business to log; the message could hold anything.
          print("the node could not do that: an internal error");
          finish(EXIT.FAILED);
        },
      );
    },
  });

  function finish(exit: number): void {
    writeJsonLine(socket, { exit });
    socket.end();
  }
}

function isTexts(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.length <= MAX_ARGUMENTS && value.every((item) => typeof item === "string")
  );
}

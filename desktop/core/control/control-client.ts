/** Asks the running node to carry out a command, as the terminal's commands do. */
import { connect } from "node:net";
import { basename, dirname } from "node:path";
import { type ControlAddress, SOCKET_NAME } from "./address.ts";
import { readJsonLines, writeJsonLine } from "./json-lines.ts";
import { isPrivate } from "./private-place.ts";
import { claimedSocket } from "./state-claim.ts";

export interface CommandRequest {
  readonly address: ControlAddress;
  readonly args: readonly string[];
  readonly input?: string | undefined;
  readonly print: (line: string) => void;
}

/**
 * The command's exit code; `not_running` when no node listens, `cut` when it went away before the end.
 * @throws ControlError `exposed` when the socket may be another user's: nothing was sent then.
 */
export async function askNode(request: CommandRequest): Promise<number | "not_running" | "cut"> {
  const { address } = request;
  const answer = (await isPrivate(address)) ? await ask(request) : "not_running";
  if (answer !== "not_running" || address.claim === undefined) return answer;
  const path = await claimedSocket(address.claim);
  // A node with another environment has its socket elsewhere, and says where.
  if (path === undefined || path === address.path || basename(path) !== SOCKET_NAME) return answer;
  const elsewhere = { path, directory: dirname(path) };
  return (await isPrivate(elsewhere)) ? ask({ ...request, address: elsewhere }) : answer;
}

function ask({ address, args, input, print }: CommandRequest): Promise<number | "not_running" | "cut"> {
  return new Promise((resolve) => {
    const socket = connect(address.path);
    let hasConnected = false;
    socket.once("connect", () => {
      hasConnected = true;
      writeJsonLine(socket, { args, ...(input !== undefined && { input }) });
    });
    // "close" follows and tells.
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(hasConnected ? "cut" : "not_running"));
    readJsonLines(socket, {
      broken: () => undefined,
      object({ line, exit }) {
        if (typeof line === "string") print(line);
        if (typeof exit === "number" && Number.isInteger(exit)) {
          resolve(exit);
          socket.end();
        }
      },
    });
  });
}

/**
 * A WebSocket of a page, talked about on a port: the port says what to send, and hears what came and how it ended. The
 * page counts what has not left yet by what it is told here.
 */
import type { TunnelSocket } from "#shared/client/tunnel-socket.ts";
import type { SocketCommand, SocketEvent } from "../calls/messages.ts";

/** What a socket says goes there. */
export type TellSocket = (event: SocketEvent) => void;

/** How often it is looked at whether what was sent has left. Milliseconds. */
const LOOK_MS = 20;

/** Wires a socket to whoever listens; returns how to hand it commands. */
export function hostSocket(socket: TunnelSocket, tell: TellSocket): (command: SocketCommand) => void {
  let waiting = 0;
  let isLooking = false;
  const look = () => {
    isLooking = false;
    const left = waiting - Math.min(waiting, socket.bufferedAmount);
    if (left > 0) tell({ sent: left });
    waiting -= left;
    if (waiting > 0 && socket.readyState < socket.CLOSED) lookLater();
  };
  const lookLater = () => {
    if (isLooking) return;
    isLooking = true;
    setTimeout(look, LOOK_MS);
  };
  socket.onopen = () => tell({ open: { protocol: socket.protocol } });
  socket.onmessage = ({ data }) => tell({ message: data });
  socket.onclose = ({ code, reason, wasClean }) => tell({ closed: { code, reason, wasClean } });
  return (command) => {
    if ("close" in command) {
      socket.close(command.close.code, command.close.reason);
      return;
    }
    const { send } = command;
    // While it connects the page has refused to send; it counts what it handed over itself.
    if (socket.readyState === socket.CONNECTING) return;
    waiting += typeof send === "string" ? new TextEncoder().encode(send).length : send.byteLength;
    try {
      socket.send(send);
    } catch {
      // A message above the limit: a browser's own socket ends for that, too.
      socket.close();
    }
    look();
  };
}

/** What came on a port or in a body is a claim of the page: anything else is undefined. */
export function socketCommand(data: unknown): SocketCommand | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  if ("send" in data && (typeof data.send === "string" || data.send instanceof ArrayBuffer))
    return { send: data.send };
  if (!("close" in data) || typeof data.close !== "object" || data.close === null) return undefined;
  const { code, reason } = data.close as Record<string, unknown>;
  if (typeof reason !== "string") return undefined;
  return { close: { reason, ...(typeof code === "number" && { code }) } };
}

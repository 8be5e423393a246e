/** A client's socket whose other end is the test. */
import { dialRelay, RelaySocket } from "#shared/client/relay-socket.ts";
import type { ClientSocket, SocketFactory, SocketHandlers } from "#shared/client/socket.ts";
import { StepClock } from "./step-clock.ts";

export const open = { type: "open", route: "K7QX" } as const;
export const WELCOME = '{"type":"welcome","v":2,"now":1,"limits":{"channel_buffer":8388608},"new":{}}';

/** A socket whose other end is the test. */
class HandSocket implements ClientSocket {
  queuedBytes = 0;
  readonly sent: (string | Uint8Array)[] = [];
  closedWith: number | undefined;
  handlers!: SocketHandlers;
  readonly factory: SocketFactory = (_, __, handlers) => {
    this.handlers = handlers;
    return this;
  };
  send(message: string | Uint8Array): void {
    this.sent.push(message);
  }
  close(code: number): void {
    this.closedWith = code;
  }
}

/** A dial to a relay that the test plays. */
export function byHand() {
  const socket = new HandSocket();
  const clock = new StepClock();
  const abort = new AbortController();
  const dialled = dialRelay({
    socketUrl: "ws://x/ws/client",
    open,
    sockets: socket.factory,
    clock,
    signal: abort.signal,
  });
  const problem = async () => {
    const result = await dialled;
    if (result instanceof RelaySocket) throw new Error("it was opened");
    return result;
  };
  return { socket, clock, abort, dialled, problem };
}

/**
 * The browser's WebSocket behind the port. Browsers do not say when their buffer has drained, so it is looked at again
 * while something waits.
 */
import type { ClientSocket, SocketFactory, SocketHandlers } from "./socket.ts";

/** How often the buffer is looked at while something waits in it, in milliseconds. */
const LOOK_INTERVAL_MS = 4;
/** `drained` is told below this: senders stop at 256 KiB, so the buffer does not run dry in between. Bytes. */
const LOW_WATER_BYTES = 128 * 1024;

/** What is used of the browser's class. */
export type BrowserWebSocket = new (url: string, protocols: string[]) => WebSocket;

/** Makes sockets of the platform's own class; `WebSocketClass` defaults to the global one. */
export function browserSockets(WebSocketClass: BrowserWebSocket = globalThis.WebSocket): SocketFactory {
  return (url, subprotocol, handlers) => {
    try {
      return adapt(new WebSocketClass(url, [subprotocol]), handlers);
    } catch {
      // A page from https may not open ws: to elsewhere, and browsers say so by throwing.
      queueMicrotask(() =>
        handlers.closed({ code: 1006, reason: "", failure: "unreachable", detail: "blocked" }),
      );
      return { queuedBytes: 0, send: () => undefined, close: () => undefined };
    }
  };
}

function adapt(socket: WebSocket, handlers: SocketHandlers): ClientSocket {
  socket.binaryType = "arraybuffer";
  let hasOpened = false;
  let isLooking = false;

  const look = () => {
    isLooking = false;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount < LOW_WATER_BYTES) handlers.drained();
    else lookSoon();
  };
  const lookSoon = () => {
    if (isLooking) return;
    isLooking = true;
    setTimeout(look, LOOK_INTERVAL_MS);
  };

  socket.onopen = () => {
    hasOpened = true;
    handlers.opened(socket.protocol);
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === "string") handlers.text(data);
    else if (data instanceof ArrayBuffer) handlers.binary(new Uint8Array(data));
  };
  // "close" follows and tells more; implementations outside browsers throw an error that nobody listens to.
  socket.onerror = () => undefined;
  socket.onclose = ({ code, reason }) => {
    handlers.closed(hasOpened ? { code, reason } : { code, reason, failure: "unreachable" });
  };

  return {
    get queuedBytes() {
      return socket.bufferedAmount;
    },
    send(message) {
      if (socket.readyState !== socket.OPEN) return;
      // The DOM's types do not know that a shared buffer never comes here.
      socket.send(message as string | Uint8Array<ArrayBuffer>);
      if (socket.bufferedAmount > 0) lookSoon();
    },
    close(code, reason) {
      socket.close(code, reason);
    },
  };
}

/**
 * Node's WebSocket (the `ws` package) behind the client library's port. Binary frames are ciphertext, so they are
 * masked with zeros and `ws` does not copy them; all others get a random mask. What waits is told from the flush of
 * each frame.
 */
import { type RawData, WebSocket } from "ws";
import type { ClientSocket, SocketEnd, SocketFactory, SocketHandlers } from "#shared/client/socket.ts";
import { MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import { FrameMasks } from "../core/connector/frame-masks.ts";
import { FrameMemory } from "../core/connector/frame-memory.ts";
import type { ProxyRoute } from "../core/connector/relay-proxy.ts";

/** `drained` is told below this, so that the socket does not run dry before more comes. Bytes. */
const LOW_WATER_BYTES = 128 * 1024;
/** Before a frame, so that the ciphertext in it, behind the type, is on a multiple of four. */
const ALIGNMENT_BYTES = 3;
/** How long the relay may take over its half of a close. */
const CLOSE_TIMEOUT_MS = 2_000;

export interface WsSocketsOptions {
  /** The proxy for a relay, asked anew for each dial. Undefined: none. */
  readonly route?: (relay: URL) => ProxyRoute | undefined;
}

export function wsSockets({ route }: WsSocketsOptions = {}): SocketFactory {
  return (url, subprotocol, handlers) => {
    let agent: ProxyRoute["agent"] | undefined;
    try {
      agent = route?.(new URL(url))?.agent;
    } catch (error) {
      return unusable(handlers, error);
    }
    const masks = new FrameMasks();
    const socket = new WebSocket(url, [subprotocol], {
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: MAX_FRAME_BYTES,
      generateMask: masks.generate,
      ...(agent !== undefined && { agent }),
    });
    return adapt(socket, masks, handlers);
  };
}

/** A proxy that is none: going without it could go where nobody wants to. */
function unusable(handlers: SocketHandlers, error: unknown): ClientSocket {
  const detail = error instanceof Error ? error.message : "proxy";
  queueMicrotask(() => handlers.closed({ code: 1006, reason: "", failure: "unreachable", detail }));
  return { queuedBytes: 0, send: () => undefined, close: () => undefined };
}

function adapt(socket: WebSocket, masks: FrameMasks, handlers: SocketHandlers): ClientSocket {
  let hasOpened = false;
  let failure: Error | undefined;
  const memory = new FrameMemory();
  const flushed = (error?: Error | null) => {
    if (!error && socket.bufferedAmount < LOW_WATER_BYTES) handlers.drained();
  };

  const returning = (frame: Uint8Array) => (error?: Error | null) => {
    memory.giveBack(frame);
    flushed(error);
  };

  socket.on("open", () => {
    hasOpened = true;
    handlers.opened(socket.protocol);
  });
  socket.on("message", (data: RawData, isBinary: boolean) => {
    // With the default binaryType a message is one Buffer.
    if (!(data instanceof Buffer)) return;
    if (isBinary) handlers.binary(data);
    else handlers.text(data.toString());
  });
  socket.on("error", (error) => {
    failure = error;
  });
  socket.on("close", (code, reason) => {
    clearTimeout(closing);
    const end = { code, reason: reason.toString() };
    handlers.closed(hasOpened ? end : { ...end, ...explain(failure) });
  });

  let closing: NodeJS.Timeout | undefined;
  return {
    get queuedBytes() {
      return socket.bufferedAmount;
    },
    lend: (bytes) => memory.take(bytes, ALIGNMENT_BYTES),
    send(message) {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (typeof message === "string") socket.send(message, flushed);
      else
        masks.ciphertext(() => socket.send(message, memory.isBlock(message) ? returning(message) : flushed));
    },
    close(code, reason) {
      if (closing !== undefined) return;
      closing = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
      socket.close(code, reason);
    },
  };
}

const CERTIFICATE_ERROR = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/;

/** Why it never opened. The messages matched here are those of the pinned version of `ws`. */
function explain(error: (Error & { code?: unknown }) | undefined): Pick<SocketEnd, "failure" | "detail"> {
  if (error === undefined) return { failure: "unreachable" };
  if (/subprotocol/i.test(error.message)) return { failure: "no_subprotocol" };
  const status = /^Unexpected server response: (\d{3})$/.exec(error.message)?.[1];
  // 404, 426 and the like: something is there, and it is no relay that speaks version 2.
  if (status !== undefined) {
    return { failure: status.startsWith("5") ? "unreachable" : "no_subprotocol", detail: `HTTP ${status}` };
  }
  const code = typeof error.code === "string" ? error.code : undefined;
  const isUntrusted = code !== undefined && CERTIFICATE_ERROR.test(code);
  return { failure: isUntrusted ? "untrusted" : "unreachable", ...(code !== undefined && { detail: code }) };
}

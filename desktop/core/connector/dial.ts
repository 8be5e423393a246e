/**
 * One attempt to open a WebSocket to the relay: no redirects, no compression, one deadline for everything up to the
 * handshake's end, which traffic cannot put off. The name is looked up afresh each time.
 */
import { WebSocket } from "ws";
import type { Clock } from "../clock.ts";
import { FrameMasks } from "./frame-masks.ts";
import { type Outage, outageOfDialError, outageOfProxy, outageOfStatus } from "./outage.ts";
import type { ProxyRoute } from "./relay-proxy.ts";

export interface DialOptions {
  readonly address: URL;
  readonly subprotocols: readonly string[];
  /** Undefined for a direct connection. */
  readonly route: ProxyRoute | undefined;
  readonly maxMessageBytes: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Exactly one of the two is called, unless the dial is cancelled. */
  readonly opened: (socket: WebSocket, masks: FrameMasks) => void;
  readonly failed: (outage: Outage) => void;
}

/** Starts dialling; returns how to give up. */
export function dial(options: DialOptions): () => void {
  const { route } = options;
  const masks = new FrameMasks();
  const socket = new WebSocket(options.address, [...options.subprotocols], {
    perMessageDeflate: false,
    followRedirects: false,
    autoPong: false,
    maxPayload: options.maxMessageBytes,
    ...(route !== undefined && { agent: route.agent }),
    generateMask: masks.generate,
  });
  let over = false;

  function abandon(): boolean {
    if (over) return false;
    over = true;
    cancelDeadline();
    // It may still fail on its way down, and nobody is interested any more.
    socket.on("error", () => undefined);
    socket.terminate();
    return true;
  }

  function fail(outage: Outage): void {
    if (abandon()) options.failed(outage);
  }

  const cancelDeadline = options.clock.after(options.timeoutMs, () => fail({ code: "relay_timeout" }));
  const stoppedAtProxy = () => route !== undefined && !route.passed();
  socket.once("unexpected-response", (_, response) => {
    const status = response.statusCode ?? 0;
    fail(stoppedAtProxy() ? outageOfProxy(status) : outageOfStatus(status));
  });
  socket.once("error", (error) => {
    fail(stoppedAtProxy() ? outageOfProxy(error) : outageOfDialError(error));
  });
  socket.once("open", () => {
    if (over) return;
    over = true;
    cancelDeadline();
    socket.removeAllListeners("error");
    socket.removeAllListeners("unexpected-response");
    options.opened(socket, masks);
  });
  return abandon;
}

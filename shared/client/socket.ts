/**
 * The port to a WebSocket, because its constructor is the browser's in one place and a package's in another. An adapter
 * moves text and bytes, tells how much waits, and names what kept it from opening as far as its platform says.
 */

/** Why a socket never opened. Browsers tell no more than `unreachable`. */
export type SocketFailure =
  | "unreachable"
  /** The certificate is not valid. */
  | "untrusted"
  /** Something answered that does not know the subprotocol: an old relay, or no relay. */
  | "no_subprotocol";

export interface SocketEnd {
  /** The close code; 1006 when nobody said one. */
  readonly code: number;
  readonly reason: string;
  /** When it never opened. */
  readonly failure?: SocketFailure;
  /** A system's error code or an HTTP status, for support. */
  readonly detail?: string;
}

export interface SocketHandlers {
  /** `subprotocol` as the server selected it; empty when it selected none. */
  opened(subprotocol: string): void;
  text(text: string): void;
  /** The bytes belong to the receiver. */
  binary(bytes: Uint8Array): void;
  /** After something waited: little waits now. */
  drained(): void;
  /** Once, last of all. */
  closed(end: SocketEnd): void;
}

export interface ClientSocket {
  /** Bytes that were sent and still wait in this process. */
  readonly queuedBytes: number;
  /** Memory for the next `send`, where the platform has some that is cheaper than new. */
  lend?(bytes: number): Uint8Array;
  /** After `opened` and before the end; otherwise ignored. Bytes must not be changed afterwards. */
  send(message: string | Uint8Array): void;
  /** Closes with 1000 or a code from 4000 up. `reason` is at most 123 bytes of UTF-8. */
  close(code: number, reason: string): void;
}

/** Starts connecting. No handler is called before it has returned. */
export type SocketFactory = (url: string, subprotocol: string, handlers: SocketHandlers) => ClientSocket;

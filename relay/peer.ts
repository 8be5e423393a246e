/**
 * What the owner of a connection may do with it, wherever its other end is: at a socket of this relay, or at another
 * instance that passes it on.
 */
import type { Clock } from "./clock.ts";

export interface PeerListener {
  /** A whole message. Text is valid UTF-8. */
  message(data: Buffer, isBinary: boolean): void;
  /** More waits to be sent than the peer keeps up with. */
  congested?(): void;
  /** It has caught up. */
  drained?(): void;
  /** A ping or a pong: no message, but a budget may count it. */
  control?(): void;
  /** This side has begun to close it; `closed` follows when what is queued has gone. */
  ending?(): void;
  /** The end, exactly once. Nothing else is called after it. */
  closed(code: number): void;
}

/**
 * Why a peer is not read: because its node is congested, because of its own queue, while it waits for a place, because
 * others have their turn, or because it has been faster than the owner of the relay wants.
 */
export type PauseReason = "node" | "self" | "admission" | "turn" | "pace";

export interface Peer {
  /** The client's or node's address, as `clientAddress` has it. */
  readonly address: string;
  /** Whether it still takes and gives messages. */
  readonly open: boolean;
  /** Queues a text message: a string, or the UTF-8 of one. False when the peer is at its end. */
  sendText(text: string | Buffer): boolean;
  sendBinary(data: Uint8Array): boolean;
  sendJson(message: object): boolean;
  /** Stops reading, until every reason is gone. What has arrived already is still delivered. */
  pause(reason: PauseReason): void;
  resume(reason: PauseReason): void;
  /** Ends it after what is queued, for as long as the peer takes it. Messages that still come are dropped. */
  close(code: number, reason: string): void;
  /** Ends it without what waits for it. */
  closeNow(code: number, reason: string): void;
  /** Ends it for somebody who may have nothing more. */
  cut(clock: Clock, code: number, reason: string): void;
}

/**
 * An open WebSocket as a link of text and binary frames. What cannot be sent yet bounds what is read: while a relay
 * does not take what it asked for, it is not listened to, so it cannot make this process keep more than the answers
 * already under way.
 */
import type { RawData, WebSocket } from "ws";
import type { Link, LinkClose, LinkListener } from "#shared/link.ts";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import type { FrameMasks } from "./frame-masks.ts";
import { FrameMemory } from "./frame-memory.ts";

/** Text or binary, one WebSocket message. */
export type Frame = string | Uint8Array;

/** Above this, reading stops; below half of it, reading goes on. Bytes. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;

/** Bytes that left while this much more was waiting have not just filled the kernel's buffers: the peer takes them. */
const BACKLOG_BYTES = 1024 * 1024;

/** How long a peer may take over its half of a close. */
const CLOSE_TIMEOUT_MS = 2_000;

export interface RelayLink extends Link<Frame> {
  /** Memory for a binary frame, with `offset` bytes before it. The frame is for `send`, once, or is forgotten. */
  lendFrame(bytes: number, offset: number): Uint8Array;
  /** Sends a text message that may already be encoded as UTF-8. The bytes must not change afterwards. */
  sendText(text: string | Uint8Array): void;
}

export interface RelayLinkObserver {
  /** A sign of life: anything received, or a backlog that shrinks. */
  heard(): void;
  /** So many bytes were given to the socket. */
  sent(bytes: number): void;
  /** After the link's own listener was told. */
  closed(close: LinkClose): void;
}

export function relayLink(socket: WebSocket, masks: FrameMasks, observer: RelayLinkObserver): RelayLink {
  let listener: LinkListener<Frame> | undefined;
  let early: Frame[] = [];
  let readingStopped = false;
  let ended: LinkClose | undefined;
  let refused: number | undefined;
  let closing: NodeJS.Timeout | undefined;
  const memory = new FrameMemory();

  function checkQueue(): void {
    if (!readingStopped && socket.bufferedAmount > MAX_QUEUED_BYTES) {
      readingStopped = true;
      socket.pause();
    }
  }

  function flushed(error?: Error | null): void {
    if (error) return;
    if (socket.bufferedAmount > BACKLOG_BYTES) observer.heard();
    if (readingStopped && socket.bufferedAmount < MAX_QUEUED_BYTES / 2) {
      readingStopped = false;
      socket.resume();
    }
    listener?.drained();
  }

  function send(data: string | Uint8Array, binary: boolean): void {
    if (socket.readyState !== socket.OPEN) return;
    observer.sent(data.length);
    if (typeof data === "string" || !binary) socket.send(data, { binary }, flushed);
    else
      masks.ciphertext(() => socket.send(data, { binary }, memory.isBlock(data) ? returning(data) : flushed));
    checkQueue();
  }

  /** For a frame in memory that is used again. */
  function returning(frame: Uint8Array) {
    return (error?: Error | null) => {
      memory.giveBack(frame);
      flushed(error);
    };
  }

  function deliver(frame: Frame): void {
    if (listener === undefined) early.push(frame);
    else listener.message(frame);
  }

  socket.on("message", (data: RawData, isBinary: boolean) => {
    observer.heard();
    // With the default binaryType of a ws socket, a message is one Buffer.
    if (data instanceof Buffer) deliver(isBinary ? data : data.toString());
  });
  socket.on("pong", () => observer.heard());
  socket.on("ping", (data: Buffer) => {
    observer.heard();
    socket.pong(data, true, flushed);
    checkQueue();
  });
  socket.on("error", (error: Error & { code?: unknown }) => {
    // "close" follows, with 1006, although it was this end that refused the message.
    if (error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") refused = CLOSE.MESSAGE_TOO_BIG;
  });
  socket.on("close", (code: number, reason: Buffer) => {
    clearTimeout(closing);
    ended = { code: refused ?? code, reason: reason.toString() };
    listener?.closed(ended);
    observer.closed(ended);
  });

  return {
    get queuedBytes() {
      return socket.bufferedAmount;
    },
    send: (frame) => send(frame, typeof frame !== "string"),
    sendText: (text) => send(text, false),
    lendFrame: (bytes, offset) => memory.take(bytes, offset),
    close(code, reason) {
      if (ended !== undefined || closing !== undefined) return;
      closing = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
      socket.close(code, reason);
      // A paused socket would never read the other half of the close.
      if (readingStopped) socket.resume();
    },
    listen(newListener) {
      listener = newListener;
      const waiting = early;
      early = [];
      for (const frame of waiting) newListener.message(frame);
      if (ended !== undefined) newListener.closed(ended);
    },
  };
}

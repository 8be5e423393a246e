/**
 * The answer to a local request on its way out. Head, body and end that arrive in one turn leave in one write; otherwise
 * the head goes at once, for events that come later must not wait for each other. Bytes count as taken only when the
 * local connection has room, which is what slows the PC down for a slow reader.
 */
import type { ServerResponse } from "node:http";
import { announcedLength } from "#shared/client/content-length.ts";
import type { HeaderPairs, ResponseHead } from "#shared/mux/heads.ts";
import { closeAfterBoth } from "./lingering-close.ts";
import { outgoingHeaders } from "./outgoing-headers.ts";

/** Node writes a head and a text as one piece, and a head and bytes as two, which costs more than making a text of few. */
const SMALL_BODY_BYTES = 4 * 1024;

export type FlushLater = (answer: LocalAnswer) => void;

/** Collects the answers that began in a turn of the event loop: one tick for all of them. */
export function turnEnd(): FlushLater {
  let waiting: LocalAnswer[] = [];
  const run = () => {
    const answers = waiting;
    waiting = [];
    for (const answer of answers) answer.flush();
  };
  return (answer) => {
    if (waiting.push(answer) === 1) process.nextTick(run);
  };
}

export interface AnswerEvents {
  /** So many bytes are gone. */
  readonly taken: (bytes: number) => void;
  /** Node refuses what the PC sent. Nothing has gone out. */
  readonly failed: () => void;
  /** Calls `flush` once this turn's frames are through. */
  readonly flushLater: FlushLater;
}

export class LocalAnswer {
  private readonly response: ServerResponse;
  private readonly events: AnswerEvents;
  private waitingHead: ResponseHead | undefined;
  private waitingChunk: Uint8Array | undefined;
  private held = 0;
  private isAwaitingDrain = false;
  private hasBegun = false;
  private isFramed = false;

  constructor(response: ServerResponse, events: AnswerEvents) {
    this.response = response;
    this.events = events;
  }

  head(head: ResponseHead): void {
    this.waitingHead = head;
    this.events.flushLater(this);
  }

  write(chunk: Uint8Array): void {
    if (this.waitingHead !== undefined) {
      if (this.waitingChunk === undefined) {
        this.waitingChunk = chunk;
        return;
      }
      this.flush();
    }
    this.held += chunk.length;
    if (this.response.write(chunk)) this.release();
    else this.awaitDrain();
  }

  end(trailers: HeaderPairs | undefined): void {
    const chunk = this.waitingChunk;
    if (this.waitingHead !== undefined && !this.writeHead(this.waitingHead)) return;
    if (trailers !== undefined && this.response.chunkedEncoding) {
      this.response.addTrailers(trailers as [string, string][]);
    }
    if (chunk === undefined) {
      this.response.end();
    } else {
      if (chunk.length <= SMALL_BODY_BYTES) this.response.end(latin1(chunk), "latin1");
      else this.response.end(chunk);
      this.events.taken(chunk.length);
    }
  }

  /**
   * Breaks off what has begun, after what was written, in a way that shows. False when nothing has gone out: then
   * there can be another answer.
   */
  cut(): boolean {
    this.waitingHead = undefined;
    this.waitingChunk = undefined;
    if (!this.hasBegun) return false;
    const { socket } = this.response;
    // Where the end of the connection is the end of the body, only a reset tells that it is not.
    if (this.isFramed) socket?.destroySoon();
    else socket?.resetAndDestroy();
    return true;
  }

  /** Sends the head that waits, if one still does. */
  flush(): void {
    if (this.waitingHead === undefined || !this.writeHead(this.waitingHead)) return;
    const chunk = this.waitingChunk;
    this.waitingChunk = undefined;
    if (chunk === undefined) this.response.flushHeaders();
    else this.write(chunk);
  }

  private writeHead({ status, headers }: ResponseHead): boolean {
    this.waitingHead = undefined;
    try {
      // The API's own date stands; where it sent none, none is made up.
      this.response.sendDate = false;
      closeAfterBoth(this.response);
      this.response.writeHead(status, outgoingHeaders(headers));
    } catch {
      // Node is stricter than the tunnel about some values, and its message would repeat them.
      this.events.failed();
      return false;
    }
    this.hasBegun = true;
    this.isFramed = this.response.chunkedEncoding || announcedLength(headers) !== undefined;
    return true;
  }

  private awaitDrain(): void {
    if (this.isAwaitingDrain) return;
    this.isAwaitingDrain = true;
    this.response.on("drain", () => this.release());
    // After the end there is no "drain" any more: what was still held counts until all has gone out, or nobody wants it.
    this.response.once("close", () => this.release());
  }

  private release(): void {
    const bytes = this.held;
    this.held = 0;
    if (bytes > 0) this.events.taken(bytes);
  }
}

/** Each byte as one character. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/**
 * The answers of one connection (RFC 9112), one after the other, from bytes as they come in. It is strict: whatever two
 * parsers could read in two ways is an error, and after an error nothing more can be read.
 */
import { ChunkedBody } from "./chunked-body.ts";
import type { HeaderPair } from "./header-policy.ts";
import { HeldBytes } from "./held-bytes.ts";
import { readFields } from "./response-fields.ts";
import { type ResponseHead, readResponseHead } from "./response-head.ts";
import { MAX_RESPONSE_HEADER_BYTES, TransportError } from "./transport.ts";

/** Hears of one answer after the other. May throw. */
export interface AnswerSink {
  /** The final head: interim ones are dropped. */
  head(head: ResponseHead): void;
  /** Valid during the call alone: its memory is used again. */
  data(chunk: Buffer): void;
  /** It is whole. `isLast`: more bytes came than belong to it. */
  end(trailers: readonly HeaderPair[], isLast: boolean): void;
}

const END = Buffer.from("\r\n\r\n");
const LINE_END = Buffer.from("\r\n");
const BEGINNING = Buffer.from("HTTP/1.");
/** Names and values may fill half of it with what is between them. */
const MAX_SECTION_BYTES = 2 * MAX_RESPONSE_HEADER_BYTES;
const NOTHING: readonly HeaderPair[] = [];
const SWITCHING_PROTOCOLS = 101;

export class ResponseParser {
  private readonly sink: AnswerSink;
  private state: "idle" | "head" | "length" | "chunks" | "trailers" | "until_close" = "idle";
  private isBodiless = false;
  /** Of a head or of trailers that have not come whole. */
  private readonly held = new HeldBytes();
  private left = 0;
  private chunks: ChunkedBody | undefined;
  private readonly data = (chunk: Buffer) => this.sink.data(chunk);

  constructor(sink: AnswerSink) {
    this.sink = sink;
  }

  /** An answer is asked for. `isBodiless`: it has no body, whatever it says. */
  expect(isBodiless: boolean): void {
    this.state = "head";
    this.isBodiless = isBodiless;
  }

  /**
   * Reads bytes, which are not needed afterwards.
   * @throws TransportError `RemoteProtocolError` or `HeadersTooLarge`
   */
  read(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      switch (this.state) {
        case "head":
          at = this.readHead(bytes, at);
          break;
        case "length":
          at = this.readLength(bytes, at);
          break;
        case "chunks":
          at = this.readChunks(bytes, at);
          break;
        case "trailers":
          at = this.readTrailers(bytes, at);
          break;
        case "until_close":
          this.sink.data(bytes.subarray(at));
          return;
        case "idle":
          throw broken();
      }
    }
  }

  /** The connection has ended in good order, which is the end of an answer that has no other. */
  close(): void {
    if (this.state === "until_close") this.finish(NOTHING, true);
  }

  private readHead(bytes: Buffer, from: number): number {
    const section = this.section(bytes, from);
    if (section === undefined) {
      if (!this.held.mayBegin(BEGINNING)) throw broken();
      return bytes.length;
    }
    const { text, end } = section;
    const head = readResponseHead(text, this.isBodiless);
    if (head.status === SWITCHING_PROTOCOLS) throw broken();
    if (head.status >= 200) this.begin(head, end < bytes.length);
    return end;
  }

  private begin(head: ResponseHead, hasMore: boolean): void {
    const { body } = head;
    this.sink.head(head);
    if (body === 0) {
      this.finish(NOTHING, hasMore);
    } else if (body === "chunked") {
      this.state = "chunks";
      this.chunks = new ChunkedBody();
    } else if (body === "until_close") {
      this.state = body;
    } else {
      this.state = "length";
      this.left = body;
    }
  }

  private readLength(bytes: Buffer, from: number): number {
    const end = Math.min(bytes.length, from + this.left);
    this.left -= end - from;
    this.sink.data(bytes.subarray(from, end));
    if (this.left === 0) this.finish(NOTHING, end < bytes.length);
    return end;
  }

  private readChunks(bytes: Buffer, from: number): number {
    const { chunks } = this;
    if (chunks === undefined) throw broken();
    const end = chunks.read(bytes, from, this.data);
    if (!chunks.isOver) return end;
    this.chunks = undefined;
    this.state = "trailers";
    // So that no trailers end like some.
    this.held.add(LINE_END, 0);
    return end;
  }

  private readTrailers(bytes: Buffer, from: number): number {
    const section = this.section(bytes, from);
    if (section === undefined) return bytes.length;
    const { text, end } = section;
    this.finish(
      text.length > LINE_END.length ? readFields(text, LINE_END.length) : NOTHING,
      end < bytes.length,
    );
    return end;
  }

  /** What comes before an empty line, and where that ends; undefined when it has not come, and the bytes are held. */
  private section(bytes: Buffer, from: number): { text: string; end: number } | undefined {
    const { held } = this;
    if (held.length === 0) {
      const found = bytes.indexOf(END, from);
      if (found !== -1) {
        return { text: bytes.toString("latin1", from, found), end: found + END.length };
      }
    }
    const before = held.length;
    held.add(bytes, from);
    const found = held.indexOf(END, Math.max(0, before - END.length + 1));
    if (found === -1) {
      if (held.length > MAX_SECTION_BYTES) throw new TransportError("HeadersTooLarge");
      return undefined;
    }
    const text = held.take(found);
    return { text, end: from + found + END.length - before };
  }

  private finish(trailers: readonly HeaderPair[], isLast: boolean): void {
    this.state = "idle";
    this.sink.end(trailers, isLast);
  }
}

function broken(): TransportError {
  return new TransportError("RemoteProtocolError");
}

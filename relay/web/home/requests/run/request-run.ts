/**
 * One request on its way and its answer, whatever that is. It keeps the first part of the body and no more: then it stops
 * reading, which stops the PC too, and asks whether to save the whole or to read on. Streams go through bounded logs.
 * Each look at it (`view`) is a value of its own that does not change.
 */
import { exchange } from "#shared/client/exchange.ts";
import type { StreamDoor } from "#shared/client/stream-door.ts";
import { type BodyKind, bodyKind, essence } from "../body/body-kind.ts";
import { decoderFor } from "../body/body-text.ts";
import { fileName } from "../body/file-name.ts";
import type { Outgoing } from "../draft/outgoing.ts";
import { EventLog } from "../live/event-log.ts";
import { EventParser } from "../live/event-parser.ts";
import { TextLog } from "../live/text-log.ts";
import { type AnswerHead, answerHead } from "./answer-head.ts";
import { FileBuilder } from "./file-builder.ts";
import { KeptBody } from "./kept-body.ts";
import { firstView, type RunView } from "./run-view.ts";
import { troubleOf } from "./trouble.ts";

export interface RunOptions {
  readonly door: StreamDoor;
  readonly request: Outgoing;
  /** Monotonic, in milliseconds. */
  readonly clock: () => number;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** There is something new to see. Called often. */
  readonly changed: () => void;
}

/** What is decided while the rest waits at the PC. */
type Wish = { readonly kind: "read on" } | { readonly kind: "save"; readonly give: GiveFile };
export type GiveFile = (file: Blob, name: string) => void;

export class RequestRun {
  private readonly options: RunOptions;
  private readonly abort = new AbortController();
  private readonly started: number;
  private readonly keep = new KeptBody();
  private readonly parser = new EventParser();
  private readonly eventLog = new EventLog();
  private readonly textLog = new TextLog();
  private decoder = new TextDecoder();
  private decide: ((wish: Wish) => void) | undefined;
  private shown: RunView;

  constructor(options: RunOptions) {
    const { request, clock, now } = options;
    this.options = options;
    this.started = clock();
    this.shown = firstView(request, now());
  }

  get view(): RunView {
    return this.shown;
  }

  /** Whether anything more can come. */
  get isOver(): boolean {
    const { phase } = this.shown;
    return phase === "done" || phase === "failed" || phase === "cancelled";
  }

  /** The part of the body that is kept. */
  body(): Uint8Array<ArrayBuffer> {
    return this.keep.bytes();
  }

  /** Sends it, once. Resolves when it is over, however it ended; never rejects. */
  async start(): Promise<void> {
    try {
      await this.run();
      this.finish({ phase: "done" });
    } catch (error) {
      if (this.abort.signal.aborted) return this.finish({ phase: "cancelled" });
      // The session learns why a stream ended after the stream does.
      await new Promise((resolve) => setTimeout(resolve));
      const { problem } = this.options.door;
      const whileSending = this.shown.head === undefined;
      this.finish({ phase: "failed", trouble: troubleOf(error, { whileSending, problem }) });
    }
  }

  cancel(): void {
    if (!this.isOver) this.abort.abort();
  }

  /** Reads what waits at the PC, and keeps only the newest of it. */
  readOn(): void {
    this.decide?.({ kind: "read on" });
  }

  /**
   * Saves the body: while it is held, the whole of it, of which `give` gets nothing before all has come; when it is over,
   * what is kept.
   */
  save(give: GiveFile): void {
    if (this.shown.phase === "held") this.decide?.({ kind: "save", give });
    else if (this.isOver) {
      const file = new FileBuilder();
      file.add(this.body());
      this.give(file, give);
    }
  }

  clearLog(): void {
    this.eventLog.clear();
    this.textLog.clear();
    this.show({ events: this.eventLog.all, tail: "", hasLostTail: false });
  }

  private async run(): Promise<void> {
    const { door, request } = this.options;
    const { method, path, headers } = request;
    const body = request.body === undefined ? undefined : this.counted(request.body);
    const { signal } = this.abort;
    const answer = await exchange(door, { method, path, headers, body, signal });
    const head = answerHead(answer.status, answer.headers);
    this.decoder = decoderFor(head.type, false);
    this.show({ phase: "reading", head, headMs: this.elapsed() });
    // Events may be long in coming, and are known by their name.
    if (answer.body !== null && essence(head.type) === "text/event-stream") {
      this.show({ kind: "events", isLive: true });
    }
    if (answer.body !== null) await this.read(unpacked(answer.body, head), head);
    this.show({ kind: this.shown.kind ?? "empty" });
  }

  private async read(body: ReadableStream<Uint8Array>, head: AnswerHead): Promise<void> {
    const reader = body.getReader();
    // A stream that unpacks does not end by itself when the exchange is aborted.
    const stop = () => void reader.cancel(this.abort.signal.reason).catch(() => undefined);
    this.abort.signal.addEventListener("abort", stop);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (this.abort.signal.aborted) throw this.abort.signal.reason;
        if (done) break;
        const rest = this.received(value, head);
        if (rest.length === 0 || this.shown.kind === "events") continue;
        const wish = await this.hold(reader);
        if (wish.kind === "save") return await this.saveAll(reader, rest, wish.give);
        this.show({ phase: "reading", isLive: true });
        return await this.readTail(reader, rest);
      }
    } finally {
      this.abort.signal.removeEventListener("abort", stop);
    }
    this.show({ isWhole: this.shown.received === this.keep.size });
  }

  /** One piece: the logs get it, the kept part takes what it has room for; gives back the rest. */
  private received(chunk: Uint8Array, head: AnswerHead): Uint8Array {
    const rest = this.keep.take(chunk);
    const kind = this.shown.kind ?? bodyKind({ type: head.type, start: chunk });
    const isLive = kind === "events" || (kind === "text" && head.length === undefined);
    this.log(chunk, kind, isLive);
    this.show({ kind, isLive, received: this.shown.received + chunk.length, kept: this.keep.size });
    return rest;
  }

  private log(chunk: Uint8Array, kind: BodyKind, isLive: boolean): void {
    if (!isLive) return;
    const text = this.decoder.decode(chunk, { stream: true });
    if (kind === "events") this.eventLog.add(this.parser.push(text), this.options.now());
    else this.textLog.add(text);
    this.show({
      events: this.eventLog.all,
      totalEvents: this.eventLog.total,
      tail: this.textLog.text,
      hasLostTail: this.textLog.hasLost,
    });
  }

  /** Reads nothing until somebody decides. */
  private hold(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Wish> {
    const { signal } = this.abort;
    this.show({ phase: "held" });
    return new Promise((resolve, reject) => {
      // What waits there can be lost meanwhile.
      reader.closed.catch(reject);
      const aborted = () => reject(signal.reason);
      if (signal.aborted) return aborted();
      signal.addEventListener("abort", aborted, { once: true });
      this.decide = (wish) => {
        this.decide = undefined;
        signal.removeEventListener("abort", aborted);
        resolve(wish);
      };
    });
  }

  private async saveAll(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    rest: Uint8Array,
    give: GiveFile,
  ): Promise<void> {
    this.show({ phase: "saving" });
    const file = new FileBuilder();
    file.add(this.body());
    file.add(rest);
    await this.readRest(reader, (chunk) => file.add(chunk));
    this.give(file, give);
  }

  private async readTail(reader: ReadableStreamDefaultReader<Uint8Array>, rest: Uint8Array): Promise<void> {
    const add = (chunk: Uint8Array) => this.log(chunk, "text", true);
    add(rest);
    await this.readRest(reader, add);
  }

  private async readRest(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    take: (chunk: Uint8Array) => void,
  ): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (this.abort.signal.aborted) throw this.abort.signal.reason;
      if (done) return;
      take(value);
      this.show({ received: this.shown.received + value.length });
    }
  }

  private give(file: FileBuilder, give: GiveFile): void {
    const { path, head } = this.shown;
    const name = fileName({ path, type: head?.type, disposition: head?.disposition });
    give(file.file(), name);
    this.show({ savedAs: name });
  }

  /** The body as it is sent, counted. */
  private counted(body: Blob): ReadableStream<Uint8Array> {
    return body.stream().pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          controller.enqueue(chunk);
          this.show({ sent: this.shown.sent + chunk.length });
        },
      }),
    );
  }

  private elapsed(): number {
    return this.options.clock() - this.started;
  }

  private finish(how: Pick<RunView, "phase"> & Partial<RunView>): void {
    this.show({ ...how, endMs: this.elapsed() });
  }

  private show(change: Partial<RunView>): void {
    this.shown = { ...this.shown, ...change };
    this.options.changed();
  }
}

function unpacked(body: ReadableStream<Uint8Array>, head: AnswerHead): ReadableStream<Uint8Array> {
  if (head.packing === undefined || typeof DecompressionStream === "undefined") return body;
  return body.pipeThrough<Uint8Array>(
    new DecompressionStream(head.packing) as unknown as TransformStream<Uint8Array, Uint8Array>,
  );
}

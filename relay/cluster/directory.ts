/**
 * Who holds what: each held key is a subscription, so that whoever asks for it reaches the holder, and hears at once
 * when there is none. Nothing is kept anywhere that could be stale after a crash.
 */
import { errors, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { isFields } from "#shared/protocol/json-fields.ts";
import type { Log } from "../log.ts";
import type { ClusterKey, Held, Holder } from "./cluster.ts";
import { ClusterError } from "./cluster-error.ts";
import { decodeHolderQuestion, type HolderQuestion } from "./hello.ts";
import { decodeWords, encodeWords } from "./words.ts";

type Subscription = ReturnType<NatsConnection["subscribe"]>;

interface Entry {
  readonly holder: Holder;
  subscription: Subscription | undefined;
}

export interface DirectoryOptions {
  readonly log: Log;
  /** Takes a client over for a holder. Whether it did. */
  readonly accept: (holder: Holder, open: HolderQuestion & { readonly is: "open" }) => boolean;
}

const KEY = /^(node|route|code)\.[0-9a-f]{64}$/;

export class Directory {
  private readonly log: Log;
  private readonly accept: DirectoryOptions["accept"];
  private readonly entries = new Map<ClusterKey, Entry>();
  private connection: NatsConnection | undefined;
  private flushing: Promise<void> | undefined;

  constructor(options: DirectoryOptions) {
    this.log = options.log;
    this.accept = options.accept;
  }

  /** A bus is there: holds everything on it. */
  start(connection: NatsConnection): void {
    this.connection = connection;
    for (const [key, entry] of this.entries) entry.subscription = this.subscribe(connection, key, entry);
  }

  stop(): void {
    this.connection = undefined;
    for (const entry of this.entries.values()) entry.subscription = undefined;
  }

  hold(key: ClusterKey, holder: Holder): Held {
    if (!KEY.test(key)) throw new TypeError("A key is a kind and a sha256 in hex.");
    if (this.entries.has(key)) throw new Error("The key is held already.");
    const entry: Entry = { holder, subscription: undefined };
    this.entries.set(key, entry);
    const { connection } = this;
    if (connection !== undefined) entry.subscription = this.subscribe(connection, key, entry);
    const release: Held["release"] = ({ answering } = { answering: false }) => {
      if (this.entries.get(key) !== entry) return;
      this.entries.delete(key);
      if (!answering) entry.subscription?.unsubscribe();
      // When the bus goes meanwhile there is nobody left to answer.
      else entry.subscription?.drain().catch(() => undefined);
    };
    return { known: this.flushed(), release };
  }

  /**
   * The answer of whoever holds `key`; undefined when nobody does.
   * @throws {ClusterError} `cluster_unreachable`
   */
  async request(key: ClusterKey, words: object, timeoutMs: number): Promise<unknown> {
    const { connection } = this;
    if (connection === undefined) throw unreachable("The bus is away.");
    const data = encodeWords(words, connection.info?.max_payload ?? 0);
    if (data === undefined) throw unreachable("The question is too long for the bus.");
    try {
      const { data: answer } = await connection.request(subjectOf(key), data, { timeout: timeoutMs });
      return decodeWords(answer) ?? null;
    } catch (error) {
      if (error instanceof errors.RequestError && error.isNoResponders()) return undefined;
      throw unreachable("The holder did not answer.");
    }
  }

  private subscribe(connection: NatsConnection, key: ClusterKey, entry: Entry): Subscription {
    return connection.subscribe(subjectOf(key), {
      // An error that it threw would end the reader of the whole connection.
      callback: (error, message) => {
        if (error === null) void this.asked(entry, message);
      },
    });
  }

  private async asked(entry: Entry, message: Msg): Promise<void> {
    const answer = await this.answer(entry.holder, decodeHolderQuestion(decodeWords(message.data)));
    const data =
      encodeWords(answer, this.connection?.info?.max_payload ?? 0) ?? encodeWords(FAILED, Infinity);
    try {
      message.respond(data);
    } catch {
      // The bus went meanwhile: who asked knows that.
    }
  }

  private async answer(holder: Holder, asked: HolderQuestion | undefined): Promise<object> {
    if (asked === undefined) return FAILED;
    try {
      if (asked.is === "open") return { accepted: this.accept(holder, asked) };
      return { answer: (await holder.answer(asked.question)) ?? null };
    } catch (err) {
      this.log.error({ err }, "a question of another relay could not be answered");
      return FAILED;
    }
  }

  /** One round trip for all that is held in one turn. */
  private flushed(): Promise<void> {
    this.flushing ??= Promise.resolve().then(async () => {
      this.flushing = undefined;
      try {
        await this.connection?.flush();
      } catch {
        // The bus went: with its return everything is held again.
      }
    });
    return this.flushing;
  }
}

const FAILED = { failed: true };

/** What `field` of an answer is. @throws {ClusterError} when the holder could not answer. */
export function fieldOf(answer: unknown, field: "answer" | "accepted"): unknown {
  if (!isFields(answer) || answer[field] === undefined) throw unreachable("The holder could not answer.");
  return answer[field];
}

export function unreachable(message: string): ClusterError {
  return new ClusterError("cluster_unreachable", message);
}

function subjectOf(key: ClusterKey): string {
  return `ora.${key}`;
}

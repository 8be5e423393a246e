/** What instances tell all others: JSON, at most once, to whoever is there. */
import type { NatsConnection } from "@nats-io/transport-node";
import { isFields } from "#shared/protocol/json-fields.ts";
import type { Log } from "../log.ts";
import type { Topic } from "./cluster.ts";
import { decodeWords, encodeWords } from "./words.ts";

/** A beat is told the same way. */
export type AnyTopic = Topic | "beat";

export type Heard = (message: unknown, from: string) => void;

export class Topics {
  private readonly instance: string;
  private readonly log: Log;
  private readonly listeners: { readonly topic: AnyTopic; readonly heard: Heard }[] = [];
  private connection: NatsConnection | undefined;

  constructor(options: { instance: string; log: Log }) {
    this.instance = options.instance;
    this.log = options.log;
  }

  start(connection: NatsConnection): void {
    this.connection = connection;
    for (const { topic, heard } of this.listeners) this.subscribe(connection, topic, heard);
  }

  stop(): void {
    this.connection = undefined;
  }

  tell(topic: AnyTopic, message: object): void {
    const { connection } = this;
    if (connection === undefined) return;
    const data = encodeWords({ from: this.instance, say: message }, connection.info?.max_payload ?? 0);
    if (data === undefined) {
      this.log.error({ topic }, "too long to be told to the other relays");
      return;
    }
    try {
      connection.publish(subjectOf(topic), data);
    } catch {
      // The bus went: what is told is lost then.
    }
  }

  listen(topic: AnyTopic, heard: Heard): void {
    this.listeners.push({ topic, heard });
    if (this.connection !== undefined) this.subscribe(this.connection, topic, heard);
  }

  private subscribe(connection: NatsConnection, topic: AnyTopic, heard: Heard): void {
    connection.subscribe(subjectOf(topic), {
      callback: (error, message) => {
        if (error === null) this.came(topic, heard, decodeWords(message.data));
      },
    });
  }

  private came(topic: AnyTopic, heard: Heard, words: unknown): void {
    if (!isFields(words) || typeof words.from !== "string" || !/^[0-9a-f]{16}$/.test(words.from)) return;
    try {
      heard(words.say, words.from);
    } catch (err) {
      // Thrown further it would end the reader of the whole connection.
      this.log.error({ err, topic }, "what another relay told could not be taken in");
    }
  }
}

function subjectOf(topic: AnyTopic): string {
  return `ora.tell.${topic}`;
}

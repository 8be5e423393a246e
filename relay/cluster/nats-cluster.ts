/**
 * The cluster over NATS: one connection, the directory of what is held, the topics, and the links of clients that were
 * handed over. When the bus goes, every link is lost at once, because nobody knows what of it still arrives; what is
 * served here alone goes on.
 */
import { randomBytes } from "node:crypto";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Log } from "../log.ts";
import { Bus } from "./bus.ts";
import type {
  Cluster,
  ClusterChange,
  ClusterKey,
  ClusterOptions,
  ClusterTraffic,
  Held,
  Holder,
  Link,
  LinkHello,
  LinkListener,
  Topic,
} from "./cluster.ts";
import { ASK_TIMEOUT_MS, FAREWELL_MS } from "./cluster-limits.ts";
import { Directory, fieldOf, unreachable } from "./directory.ts";
import { ADDRESS_BYTES, decodeFrame, FRAME, HEADER_BYTES } from "./frame.ts";
import type { HolderQuestion } from "./hello.ts";
import { Links } from "./links.ts";
import { NearLink } from "./near-link.ts";
import { addressText, linkSubject } from "./neighbour.ts";
import { Neighbours } from "./neighbours.ts";
import { RemotePeer } from "./remote-peer.ts";
import { type Heard, Topics } from "./topics.ts";
import { asBuffer } from "./words.ts";

const INSTANCE_BYTES = 8;

export function createCluster(options: ClusterOptions): Cluster {
  return new NatsCluster(options);
}

class NatsCluster implements Cluster {
  readonly instance = randomBytes(INSTANCE_BYTES).toString("hex");
  private readonly options: ClusterOptions;
  private readonly log: Log;
  private readonly bus: Bus;
  private readonly directory: Directory;
  private readonly topics: Topics;
  private readonly neighbours: Neighbours;
  private readonly links = new Links();
  private readonly changes: ((what: ClusterChange) => void)[] = [];
  /** As soon as there is one, before the bus counts as connected. */
  private connection: NatsConnection | undefined;
  private isUp = false;
  private address = 0;
  private sent = 0;
  private received = 0;
  private ignored = 0;

  constructor(options: ClusterOptions) {
    this.options = options;
    const { settings, clock, log } = options;
    this.log = log;
    this.bus = new Bus({ settings, clock, log, owner: this });
    this.directory = new Directory({ log, accept: (holder, open) => this.accept(holder, open) });
    this.topics = new Topics({ instance: this.instance, log });
    this.neighbours = new Neighbours({
      clock,
      instance: this.instance,
      owner: {
        beat: (words) => this.topics.tell("beat", words),
        post: (subject, frame) => this.post(subject, frame),
        forgotten: (neighbour) => this.links.lose(neighbour),
        came: () => this.changed("instance_came"),
        went: () => this.changed("instance_went"),
      },
    });
    this.topics.listen("beat", (words) => {
      if (!this.neighbours.heard(words)) this.ignored += 1;
    });
  }

  get isConnected(): boolean {
    return this.isUp;
  }

  get others(): number {
    return this.neighbours.count;
  }

  isThere(instance: string): boolean {
    return this.neighbours.knows(instance);
  }

  get traffic(): ClusterTraffic {
    const { sent, received, ignored } = this;
    return { links: this.links.counts, sent, received, ignored };
  }

  start(): Promise<void> {
    return this.bus.start();
  }

  async stop(): Promise<void> {
    this.neighbours.sayFarewell();
    await this.flushed();
    await this.bus.stop();
  }

  hold(key: ClusterKey, holder: Holder): Held {
    return this.directory.hold(key, holder);
  }

  async ask(key: ClusterKey, question: object, options: { timeoutMs?: number } = {}): Promise<unknown> {
    const timeoutMs = options.timeoutMs ?? ASK_TIMEOUT_MS;
    const answer = await this.directory.request(key, { ask: question }, timeoutMs);
    return answer === undefined ? undefined : fieldOf(answer, "answer");
  }

  async open(key: ClusterKey, hello: LinkHello, listener: LinkListener): Promise<Link | undefined> {
    if (!this.isUp) throw unreachable("The bus is away.");
    const { budget, bounds } = this.options;
    const link = new NearLink({
      number: this.links.freshNumber(),
      listener,
      budget,
      bounds: bounds[hello.kind],
      maxPartBytes: this.maxPartBytes(),
      gone: this.links.nearGone,
    });
    this.links.addNear(link);
    const words = { from: addressText(this.address), link: link.number, open: hello };
    try {
      const answer = await this.directory.request(key, words, ASK_TIMEOUT_MS);
      const isAccepted = answer !== undefined && fieldOf(answer, "accepted") === true;
      if (!isAccepted) {
        link.end();
        return undefined;
      }
      if (link.holder === undefined) throw unreachable("The holder said one thing and did another.");
    } catch (error) {
      link.end();
      throw error;
    }
    // The caller has it by then, and hears nothing before.
    setImmediate(() => link.start());
    return link;
  }

  tell(topic: Topic, message: object): void {
    this.topics.tell(topic, message);
  }

  listen(topic: Topic, heard: Heard): void {
    this.topics.listen(topic, heard);
  }

  onChange(changed: (what: ClusterChange) => void): void {
    this.changes.push(changed);
  }

  /** Of the bus. */
  prepare(connection: NatsConnection): void {
    this.connection = connection;
    // Another one with each connection: nothing that was meant for the last can reach this one.
    this.address = randomBytes(ADDRESS_BYTES).readUIntBE(0, ADDRESS_BYTES);
    connection.subscribe(linkSubject(this.address), {
      callback: (error, message) => {
        if (error === null) this.frameCame(asBuffer(message.data));
      },
    });
    this.topics.start(connection);
    this.directory.start(connection);
    this.neighbours.start(this.address);
  }

  /** Of the bus. */
  came(): void {
    this.isUp = true;
    this.changed("connected");
  }

  /** Of the bus. */
  went(): void {
    const wasUp = this.isUp;
    this.isUp = false;
    this.connection = undefined;
    this.topics.stop();
    this.directory.stop();
    this.neighbours.stop();
    if (wasUp) this.changed("disconnected");
  }

  private accept(holder: Holder, { from, link, hello }: HolderQuestion & { readonly is: "open" }): boolean {
    const to = this.neighbours.at(from);
    if (to === undefined || holder.accept === undefined || !this.links.hasRoom(to, link)) return false;
    const { budget, bounds, clock } = this.options;
    const peer = new RemotePeer({
      place: { to, link, fromNear: false },
      address: hello.address,
      clock,
      budget,
      bounds: bounds[hello.kind],
      maxPartBytes: this.maxPartBytes(),
      gone: this.links.farGone,
    });
    this.links.addFar(peer);
    let listener: ReturnType<NonNullable<Holder["accept"]>>;
    try {
      listener = holder.accept(hello, peer);
    } finally {
      if (listener === undefined) peer.refuse();
    }
    if (listener === undefined) return false;
    peer.listen(listener);
    return true;
  }

  /** Nothing may come out of here: what is thrown would end the reader of the whole connection. */
  private frameCame(data: Buffer): void {
    const frame = decodeFrame(data);
    const from = frame && this.neighbours.at(frame.from);
    if (frame === undefined || from === undefined) {
      this.ignored += 1;
      return;
    }
    try {
      const { type, payload } = frame;
      if (type === FRAME.TEXT || type === FRAME.BINARY) {
        this.received += data.length;
        from.partCame(data.length);
      }
      if (type === FRAME.CREDIT) from.credited(payload);
      else if (type === FRAME.BYE) this.neighbours.forget(from);
      else if (!this.links.came(from, frame)) this.ignored += 1;
    } catch (err) {
      this.log.error({ err }, "what came over a link could not be taken in");
    }
  }

  private post(subject: string, frame: Buffer): void {
    this.sent += frame.length;
    try {
      this.connection?.publish(subject, frame);
    } catch {
      // The connection has just closed; its links are lost in a moment.
    }
  }

  /** What has been said so far has reached the bus, or it does not take it now. */
  private async flushed(): Promise<void> {
    const { connection } = this;
    if (connection === undefined) return;
    await new Promise<void>((resolve) => {
      const patience = this.options.clock.after(FAREWELL_MS, resolve);
      const done = () => {
        patience.cancel();
        resolve();
      };
      connection.flush().then(done, done);
    });
  }

  private maxPartBytes(): number {
    return (this.connection?.info?.max_payload ?? HEADER_BYTES + 1) - HEADER_BYTES;
  }

  private changed(what: ClusterChange): void {
    for (const changed of this.changes) changed(what);
  }
}

/**
 * The sessions of v1 clients, known to every instance: a client may land anywhere. What is told are hashes of tokens and
 * what belongs to them. A revocation is remembered and told again, so that a late word of another instance revives nothing.
 * Without the bus nobody hears of revocations, so what cannot be vouched for here is forgotten until it is back. A session
 * that is not known here is not said to be over while another instance may know it.
 */
import { isFields } from "#shared/protocol/json-fields.ts";
import type { Clock } from "../clock.ts";
import type { Cluster, ClusterChange } from "../cluster/cluster.ts";
import type { Hub } from "../hub.ts";
import type { Session, Sessions, SessionWatch } from "../sessions.ts";
import { Recital } from "./recital.ts";
import { RevocationMemory } from "./revocation-memory.ts";
import { sessionFacts, sessionOnBus } from "./session-facts.ts";

/** Sessions in one message. */
export const SESSIONS_PER_MESSAGE = 200;
const HASHES_PER_MESSAGE = 2_000;

/** How long the others may be silent after the bus came before that was all, if nobody says so. Milliseconds. */
export const SETTLE_MS = 2_000;

/** How often they are given that time, at most. */
export const MAX_SETTLES = 30;

/** How long a session that is not known here is waited for, when its token is shown a moment after it was given. */
export const NEWS_MS = 500;

/** Above, nobody else is kept waiting. */
const MAX_EXPECTED = 1_000;

/** Of the cluster, what this needs. */
type Bus = Pick<Cluster, "instance" | "isConnected" | "isThere" | "tell" | "listen" | "onChange">;

/** Why a session is not known here: it is nowhere; others have not told all yet; there was no room for all. */
export type WhyUnknown = "nowhere" | "unheard" | "no_room";

export class SessionReplica implements SessionWatch {
  private readonly cluster: Bus;
  private readonly clock: Clock;
  private readonly sessions: Sessions;
  private readonly hub: Pick<Hub, "get">;
  private readonly revocations: RevocationMemory;
  private readonly recital: Recital;
  /** By the hash in hex: who waits for a session. */
  private readonly expected = new Map<string, () => void>();
  private connections = 0;
  private settled = false;
  /** Messages of others, since the start. */
  private told = 0;
  /** Another instance may have given up telling this one. */
  private wasForgotten = false;
  /** Until then somebody else may know a session for which there was no room here. */
  private lacksUntil = Number.NEGATIVE_INFINITY;

  constructor(options: { cluster: Bus; clock: Clock; sessions: Sessions; hub: Pick<Hub, "get"> }) {
    this.cluster = options.cluster;
    this.clock = options.clock;
    this.sessions = options.sessions;
    this.hub = options.hub;
    this.revocations = new RevocationMemory(options.clock);
    this.recital = new Recital({
      pieces: () => this.everything(),
      say: (piece) => this.cluster.tell("sessions", piece),
      // Who does not know all itself has said all it knows, which is another thing.
      done: (asker) => {
        if (this.settled) this.cluster.tell("sessions", { whole: asker });
      },
    });
    this.sessions.watch(this);
    this.cluster.listen("sessions", (message, from) => this.heard(message, from));
    this.cluster.onChange((what) => this.changed(what));
  }

  /** Whether the others have told what they know. */
  get isWhole(): boolean {
    return this.settled && this.cluster.isConnected;
  }

  /** Why the session of this hash is not known here. */
  whyUnknown(digest: Buffer): WhyUnknown {
    if (this.revocations.has(digest.toString("hex"))) return "nowhere";
    if (!this.isWhole) return "unheard";
    return this.lacksSome ? "no_room" : "nowhere";
  }

  /**
   * Resolves when the session of this hash has become known here, and at the latest after NEWS_MS: its token may have
   * been given at another instance a moment ago, and be shown here before the word of it. One for which there may have
   * been no room is asked for.
   */
  async news(digest: Buffer): Promise<void> {
    const hash = digest.toString("hex");
    if (this.expected.size >= MAX_EXPECTED || this.expected.has(hash)) return;
    await new Promise<void>((resolve) => {
      const timer = this.clock.after(NEWS_MS, resolve);
      this.expected.set(hash, () => {
        timer.cancel();
        resolve();
      });
      if (this.lacksSome) this.cluster.tell("sessions", { want: hash });
    });
    this.expected.delete(hash);
  }

  /** Tokens whose sessions are waited for. */
  get awaited(): number {
    return this.expected.size;
  }

  made(session: Session): void {
    this.cluster.tell("sessions", { add: [this.onBus(session)] });
  }

  revoked(session: Session): void {
    const hash = session.digest.toString("hex");
    this.revocations.add(hash);
    this.cluster.tell("sessions", { remove: [hash] });
  }

  private get lacksSome(): boolean {
    return this.lacksUntil > this.clock.now();
  }

  private changed(what: ClusterChange): void {
    if (what === "disconnected") {
      this.settled = false;
      this.wasForgotten = false;
      this.recital.stop();
      for (const session of this.sessions.all()) {
        if (this.hub.get(session.nodeId) === undefined) this.sessions.lose(session);
      }
    } else if (what === "connected") this.catchUp();
    else if (what === "instance_went") {
      this.recital.keepFor((asker) => this.cluster.isThere(asker));
      this.wasForgotten = !this.settled;
    } else if (this.wasForgotten) {
      this.wasForgotten = false;
      this.askForAll();
    }
  }

  private catchUp(): void {
    this.connections += 1;
    this.recital.toAll();
    this.askForAll();
    this.settle(MAX_SETTLES);
  }

  private askForAll(): void {
    this.cluster.tell("sessions", { want: "all" });
  }

  private settle(times: number): void {
    const { connections, told } = this;
    this.clock.after(SETTLE_MS, () => {
      if (this.connections !== connections || this.settled) return;
      if (this.told !== told && times > 1) this.settle(times - 1);
      else this.settled = true;
    });
  }

  private heard(message: unknown, from: string): void {
    if (!isFields(message)) return;
    this.told += 1;
    for (const hash of hashesOf(message.remove)) {
      this.revocations.add(hash);
      this.sessions.drop(Buffer.from(hash, "hex"));
    }
    if (Array.isArray(message.add)) for (const told of message.add) this.adopt(told);
    if (message.want === "all") this.recital.to(from);
    else for (const hash of hashesOf([message.want])) this.tellOne(hash);
    if (message.whole === this.cluster.instance) this.settled = true;
  }

  private adopt(told: unknown): void {
    const facts = sessionFacts(told, this.clock.now());
    const hash = facts?.digest.toString("hex");
    if (facts === undefined || hash === undefined || this.revocations.has(hash)) return;
    if (!this.sessions.adopt(facts)) this.lacksUntil = Math.max(this.lacksUntil, facts.expiresAt);
    this.expected.get(hash)?.();
  }

  private tellOne(hash: string): void {
    const session = this.sessions.get(Buffer.from(hash, "hex"));
    if (session !== undefined) this.cluster.tell("sessions", { add: [this.onBus(session)] });
  }

  /** All that is known here, in pieces, each as it is when its turn comes. */
  private *everything(): Generator<object> {
    // Also revocations that who asks has slept through, while a node of his was there and elsewhere again.
    for (const remove of inPieces(this.revocations.all(), HASHES_PER_MESSAGE)) yield { remove };
    for (const some of inPieces([...this.sessions.all()], SESSIONS_PER_MESSAGE)) {
      const here = some.filter((session) => this.sessions.get(session.digest) === session);
      if (here.length > 0) yield { add: here.map((session) => this.onBus(session)) };
    }
  }

  private onBus(session: Session): object {
    return sessionOnBus(session, this.clock.now());
  }
}

function* inPieces<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let index = 0; index < items.length; index += size) yield items.slice(index, index + size);
}

function hashesOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((hash): hash is string => typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash));
}

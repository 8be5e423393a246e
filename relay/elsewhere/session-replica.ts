/**
 * The sessions of v1 clients, known to every instance: a client may land anywhere. What is told are hashes of tokens and
 * what belongs to them. A revocation is remembered and told again, so that a late word of another instance revives nothing.
 * Without the bus nobody hears of revocations, so what cannot be vouched for here is forgotten until it is back.
 */
import { isFields } from "#shared/protocol/json-fields.ts";
import type { Clock } from "../clock.ts";
import type { Cluster, ClusterChange } from "../cluster/cluster.ts";
import type { Hub } from "../hub.ts";
import { MAX_SESSIONS } from "../limits.ts";
import type { Session, Sessions, SessionWatch } from "../sessions.ts";
import { MAX_TTL_MS, sessionFacts, sessionOnBus } from "./session-facts.ts";

/** Sessions in one message. */
const SESSIONS_PER_MESSAGE = 200;
const HASHES_PER_MESSAGE = 2_000;

/** How long a revocation is remembered: as long as any session lives, for another instance may sleep for hours. */
const REVOKED_MEMORY_MS = MAX_TTL_MS;

/** How long the others have to tell what they know after the bus came, if nobody does. Milliseconds. */
export const SETTLE_MS = 2_000;

/** How long a session that is not known here is waited for, when its token is shown a moment after it was given. */
export const NEWS_MS = 500;

/** Above, nobody else is kept waiting. */
const MAX_EXPECTED = 1_000;

/** Of the cluster, what this needs. */
type Bus = Pick<Cluster, "instance" | "isConnected" | "tell" | "listen" | "onChange">;

export class SessionReplica implements SessionWatch {
  private readonly cluster: Bus;
  private readonly clock: Clock;
  private readonly sessions: Sessions;
  private readonly hub: Pick<Hub, "get">;
  /** Hashes in hex, and when; the first first. */
  private readonly revocations = new Map<string, number>();
  /** By the hash in hex: who waits for a session. */
  private readonly expected = new Map<string, () => void>();
  private connections = 0;
  private settled = false;

  constructor(options: { cluster: Bus; clock: Clock; sessions: Sessions; hub: Pick<Hub, "get"> }) {
    this.cluster = options.cluster;
    this.clock = options.clock;
    this.sessions = options.sessions;
    this.hub = options.hub;
    this.sessions.watch(this);
    this.cluster.listen("sessions", (message, from) => this.heard(message, from));
    this.cluster.onChange((what) => this.changed(what));
  }

  /** Whether a token that is not known here is known nowhere. */
  get isWhole(): boolean {
    return this.settled && this.cluster.isConnected;
  }

  /**
   * Resolves when the session of this hash has become known here, and at the latest after NEWS_MS: its token may have
   * been given at another instance a moment ago, and be shown here before the word of it.
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
    this.remember(hash);
    this.cluster.tell("sessions", { remove: [hash] });
  }

  private changed(what: ClusterChange): void {
    if (what === "disconnected") {
      this.settled = false;
      for (const session of this.sessions.all()) {
        if (this.hub.get(session.nodeId) === undefined) this.sessions.lose(session);
      }
    } else if (what === "connected") this.catchUp();
  }

  private catchUp(): void {
    this.connections += 1;
    const { connections } = this;
    this.tellRevocations();
    this.tellAll();
    this.cluster.tell("sessions", { want: "all" });
    this.clock.after(SETTLE_MS, () => {
      if (this.connections === connections) this.settled = true;
    });
  }

  private heard(message: unknown, from: string): void {
    if (!isFields(message)) return;
    for (const hash of hashesOf(message.remove)) {
      this.remember(hash);
      this.sessions.drop(Buffer.from(hash, "hex"));
    }
    if (Array.isArray(message.add)) for (const told of message.add) this.adopt(told);
    if (message.want === "all") {
      this.tellRevocations();
      this.tellAll(from);
    }
    if (message.whole === this.cluster.instance) this.settled = true;
  }

  private adopt(told: unknown): void {
    const facts = sessionFacts(told, this.clock.now());
    const hash = facts?.digest.toString("hex");
    if (facts === undefined || hash === undefined || this.isRevoked(hash)) return;
    this.sessions.adopt(facts);
    this.expected.get(hash)?.();
  }

  /** Also those that who asks has slept through, while a node of his was there and elsewhere again. */
  private tellRevocations(): void {
    this.forgetOld();
    const hashes = [...this.revocations.keys()];
    for (let index = 0; index < hashes.length; index += HASHES_PER_MESSAGE) {
      this.cluster.tell("sessions", { remove: hashes.slice(index, index + HASHES_PER_MESSAGE) });
    }
  }

  /** Everything that is known here; `asker` hears when that was all. */
  private tellAll(asker?: string): void {
    const known = [...this.sessions.all()].map((session) => this.onBus(session));
    for (let index = 0; index < known.length; index += SESSIONS_PER_MESSAGE) {
      this.cluster.tell("sessions", { add: known.slice(index, index + SESSIONS_PER_MESSAGE) });
    }
    if (asker !== undefined) this.cluster.tell("sessions", { whole: asker });
  }

  private onBus(session: Session): object {
    return sessionOnBus(session, this.clock.now());
  }

  private remember(hash: string): void {
    this.forgetOld();
    this.revocations.delete(hash);
    this.revocations.set(hash, this.clock.now());
  }

  private isRevoked(hash: string): boolean {
    this.forgetOld();
    return this.revocations.has(hash);
  }

  private forgetOld(): void {
    const before = this.clock.now() - REVOKED_MEMORY_MS;
    for (const [hash, at] of this.revocations) {
      if (at >= before && this.revocations.size < MAX_SESSIONS) return;
      this.revocations.delete(hash);
    }
  }
}

function hashesOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((hash): hash is string => typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash));
}

/**
 * The sessions of v1 clients: sha256 of the token, the node it reaches, and when it ends. When a session ends, by time
 * or by revocation, its open sockets end with it.
 */
import { randomBytes } from "node:crypto";
import type { Clock } from "./clock.ts";
import { DigestTable, type Expiring, sha256 } from "./digest-table.ts";
import { MAX_SESSIONS, MAX_SESSIONS_PER_V1_NODE } from "./limits.ts";

const TOKEN_BYTES = 32;
const ID_BYTES = 9;

/** A socket that lives no longer than its session. */
export interface SessionSocket {
  sessionEnded(): void;
  /** Whether its session still lives cannot be known any more. */
  sessionLost(): void;
}

/** What a new token is: the text for its owner, and all that is kept of it. */
export function freshToken(): { readonly token: string; readonly digest: Buffer } {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  return { token, digest: sha256(token) };
}

export interface Session extends Expiring {
  /** What a v2 node knows it by; it opens nothing. */
  readonly id: string;
  readonly nodeId: string;
  /** The address that redeemed the code. */
  readonly peer: string;
  /** From where its node came at that time, as `nodeOrigin` has it. */
  readonly origin: string;
  readonly sockets: Set<SessionSocket>;
}

/** A session as another instance tells it. */
export type SessionFacts = Omit<Session, "sockets">;

/** Hears what the other instances must know. */
export interface SessionWatch {
  made(session: Session): void;
  revoked(session: Session): void;
}

/** How a session comes to its end: for its clients too, or for this instance alone. */
type End = "over" | "lost";

export class Sessions {
  private readonly clock: Clock;
  private readonly ttlMs: number;
  private readonly perNode: number;
  private readonly table: DigestTable<Session>;
  private readonly byNode = new Map<string, Set<Session>>();
  private readonly ended: (session: Session) => void;
  private watcher: SessionWatch | undefined;
  private end: End = "over";

  constructor(options: {
    clock: Clock;
    ttlSec: number;
    ended: (session: Session) => void;
    max?: number;
    perNode?: number;
  }) {
    this.clock = options.clock;
    this.ttlMs = options.ttlSec * 1000;
    this.perNode = options.perNode ?? MAX_SESSIONS_PER_V1_NODE;
    this.ended = options.ended;
    this.table = new DigestTable({
      clock: options.clock,
      max: options.max ?? MAX_SESSIONS,
      removed: (session) => this.removed(session),
    });
  }

  /** Call before there is any. */
  watch(watcher: SessionWatch): void {
    this.watcher = watcher;
  }

  get size(): number {
    return this.table.size;
  }

  /**
   * Makes a session with `nodeId` for whoever has the token of this digest; undefined when there are too many. `peer` is
   * the address that redeemed the code, `origin` that of the node.
   */
  create(nodeId: string, peer: string, origin: string, digest: Buffer): Session | undefined {
    if (this.count(nodeId) >= this.perNode) this.table.sweep();
    if (this.count(nodeId) >= this.perNode) return undefined;
    const expiresAt = this.clock.now() + this.ttlMs;
    const id = randomBytes(ID_BYTES).toString("base64url");
    const session = this.put({ digest, expiresAt, id, nodeId, peer, origin });
    if (session !== undefined) this.watcher?.made(session);
    return session;
  }

  /** Takes over a session that another instance made, and says whether it is here now: there may be no room. */
  adopt(facts: SessionFacts): boolean {
    // One that is here already stays as it is.
    if (this.table.get(facts.digest) !== undefined) return true;
    return this.count(facts.nodeId) < this.perNode && this.put(facts) !== undefined;
  }

  /** Every session, expired ones too. Sessions may be ended on the way. */
  all(): Iterable<Session> {
    return this.table.values();
  }

  /** The live session of a token. */
  find(token: string): Session | undefined {
    return this.get(sha256(token));
  }

  /** The live session of a token with this digest. */
  get(digest: Buffer): Session | undefined {
    return this.table.get(digest);
  }

  /** The sessions of a node. */
  of(nodeId: string): Session[] {
    return [...(this.byNode.get(nodeId) ?? [])];
  }

  /** How many a node has. */
  count(nodeId: string): number {
    return this.byNode.get(nodeId)?.size ?? 0;
  }

  /** How many sockets the clients of a node have open. */
  socketsOf(nodeId: string): number {
    let sockets = 0;
    for (const session of this.byNode.get(nodeId) ?? []) sockets += session.sockets.size;
    return sockets;
  }

  /** Seconds a session still has, at least 1. */
  ttlSec(session: Session): number {
    return Math.max(1, Math.ceil((session.expiresAt - this.clock.now()) / 1000));
  }

  /** Ends the session that a node knows by `id`. */
  revoke(nodeId: string, id: string): void {
    for (const session of this.of(nodeId)) {
      if (session.id === id && this.table.delete(session)) this.watcher?.revoked(session);
    }
  }

  /** Ends a session that was revoked elsewhere. */
  drop(digest: Buffer): void {
    const session = this.table.get(digest);
    if (session !== undefined) this.table.delete(session);
  }

  /** Forgets a session that nobody can vouch for now. */
  lose(session: Session): void {
    this.end = "lost";
    this.table.delete(session);
    this.end = "over";
  }

  /** Ends what has expired, and closes its sockets. */
  sweep(): void {
    this.table.sweep();
  }

  private put(facts: SessionFacts): Session | undefined {
    const session: Session = { ...facts, sockets: new Set() };
    if (!this.table.set(session)) return undefined;
    const own = this.byNode.get(session.nodeId);
    if (own === undefined) this.byNode.set(session.nodeId, new Set([session]));
    else own.add(session);
    return session;
  }

  private removed(session: Session): void {
    const own = this.byNode.get(session.nodeId);
    own?.delete(session);
    if (own?.size === 0) this.byNode.delete(session.nodeId);
    for (const socket of session.sockets) {
      if (this.end === "over") socket.sessionEnded();
      else socket.sessionLost();
    }
    if (this.end === "over") this.ended(session);
  }
}

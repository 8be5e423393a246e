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

export class Sessions {
  private readonly clock: Clock;
  private readonly ttlMs: number;
  private readonly perNode: number;
  private readonly table: DigestTable<Session>;
  private readonly byNode = new Map<string, Set<Session>>();
  private readonly ended: (session: Session) => void;

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
      removed: (session) => this.end(session),
    });
  }

  get size(): number {
    return this.table.size;
  }

  /** Makes a session with `nodeId`; undefined when there are too many. The token exists in the return value alone. */
  create(nodeId: string, peer: string, origin: string): { token: string; session: Session } | undefined {
    if (this.count(nodeId) >= this.perNode) this.table.sweep();
    if (this.count(nodeId) >= this.perNode) return undefined;
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const session: Session = {
      digest: sha256(token),
      expiresAt: this.clock.now() + this.ttlMs,
      id: randomBytes(ID_BYTES).toString("base64url"),
      nodeId,
      peer,
      origin,
      sockets: new Set(),
    };
    if (!this.table.set(session)) return undefined;
    const own = this.byNode.get(nodeId);
    if (own === undefined) this.byNode.set(nodeId, new Set([session]));
    else own.add(session);
    return { token, session };
  }

  /** The live session of a token. */
  find(token: string): Session | undefined {
    return this.table.get(sha256(token));
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
    for (const session of this.of(nodeId)) if (session.id === id) this.table.delete(session);
  }

  /** Ends what has expired, and closes its sockets. */
  sweep(): void {
    this.table.sweep();
  }

  private end(session: Session): void {
    const own = this.byNode.get(session.nodeId);
    own?.delete(session);
    if (own?.size === 0) this.byNode.delete(session.nodeId);
    for (const socket of session.sockets) socket.sessionEnded();
    this.ended(session);
  }
}

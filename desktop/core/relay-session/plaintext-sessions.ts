/**
 * Clients of protocol 1 on a node that speaks protocol 2 (protocol section 6). Whether they are served is decided here
 * and not by the relay: where plaintext is not allowed every request of theirs is dropped unread. Sessions are what
 * the relay says they are; revoking one holds here even when the relay does not listen.
 */
import { Slots } from "#shared/slots.ts";
import type { Clock } from "../clock.ts";
import type { PlaintextRevocations } from "./plaintext-revocations.ts";

export interface PlaintextSession {
  /** The relay's name for it. */
  readonly id: string;
  readonly peer: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly expiresAt: number;
}

/** A call under way for a session. */
export interface Cancellable {
  cancel(): void;
}

interface UnderWay {
  readonly session: string;
  readonly call: Cancellable;
  ended(): void;
}

export const MAX_PLAINTEXT_SESSIONS = 1_000;
/** The session of requests that come without one, as from a relay that does not say. */
export const UNNAMED_SESSION = "";

export class PlaintextSessions {
  private readonly clock: Clock;
  private readonly revocations: PlaintextRevocations;
  private readonly sessions = new Map<string, PlaintextSession>();
  private readonly calls = new Slots<UnderWay>();

  constructor(options: { readonly clock: Clock; readonly revocations: PlaintextRevocations }) {
    this.clock = options.clock;
    this.revocations = options.revocations;
  }

  list(): PlaintextSession[] {
    const now = this.clock.now();
    for (const { id, expiresAt } of this.sessions.values()) if (expiresAt <= now) this.sessions.delete(id);
    return [...this.sessions.values()];
  }

  /** `isNew` when it begins now, by a code. False when the node wants no more of it: tell the relay again. */
  opened(id: string, peer: string, ttlSec: number, isNew: boolean): boolean {
    if (isNew) this.revocations.began(id);
    if (this.revocations.isOut(id)) return false;
    const since = this.sessions.get(id)?.since ?? this.clock.now();
    if (!this.sessions.has(id) && this.list().length >= MAX_PLAINTEXT_SESSIONS) return false;
    this.sessions.set(id, { id, peer, since, expiresAt: this.clock.now() + ttlSec * 1000 });
    return true;
  }

  closed(id: string): void {
    this.sessions.delete(id);
    this.cancel(id);
  }

  mayAsk(id: string): boolean {
    return !this.revocations.isOut(id);
  }

  /** Remembers a call, so that revoking ends it. Returns how to say that it has ended; to repeat that does nothing. */
  began(id: string, call: Cancellable): () => void {
    const ended = () => {
      if (this.calls.at(place) === one) this.calls.delete(place);
    };
    const one: UnderWay = { session: id, call, ended };
    const place = this.calls.add(one);
    return ended;
  }

  get callsUnderWay(): number {
    return this.calls.size;
  }

  /** Ends a session and its calls for good. False when nobody knows it. */
  revoke(id: string): boolean {
    const isKnown = this.sessions.delete(id);
    this.revocations.revoke(id, this.sessions.keys());
    this.cancel(id);
    return isKnown;
  }

  /** Ends every session and call, also those that only the relay knows. `stored` rejects when the store fails. */
  revokeAll(): { readonly removed: readonly PlaintextSession[]; readonly stored: Promise<void> } {
    const removed = this.list();
    this.disconnected();
    return { removed, stored: this.revocations.revokeAll() };
  }

  /** The connection is gone: its answers have nowhere to go. The relay will tell the sessions again. */
  disconnected(): void {
    for (const one of this.calls.all()) cancel(one);
    this.sessions.clear();
  }

  private cancel(id: string): void {
    for (const one of this.calls.all()) if (one.session === id) cancel(one);
  }
}

function cancel({ call, ended }: UnderWay): void {
  ended();
  call.cancel();
}

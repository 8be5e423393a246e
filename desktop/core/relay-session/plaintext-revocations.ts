/**
 * Which sessions of protocol 1 the owner has thrown out, kept over restarts: the relay holds the sessions, so one that
 * was away, or a node that was stopped, must not let them in again. Revoking all leaves a mark, and from then on only
 * sessions count that this process has seen begin, with a code. Everything here ends after the longest life of a
 * session. An item that cannot be read counts as such a mark, made now.
 */
import type { Clock } from "../clock.ts";
import { type SecretStore, SecretsError } from "../secrets/secret-store.ts";

/** The longest a relay lets a session live. */
export const MAX_SESSION_LIFE_MS = 24 * 60 * 60 * 1000;
/** So many fit one item of the smallest keychain. One more, and the mark stands for all of them. */
export const MAX_REVOKED_SESSIONS = 24;
/** Sessions remembered as new; the oldest makes room, and is out. */
const MAX_NEW_SESSIONS = 1_000;

export const REVOCATIONS_ITEM = "plaintext-revoked";
const VERSION = 1;
const SESSION_ID = /^[\w-]{1,64}$/;

export interface PlaintextRevocationsOptions {
  readonly store: SecretStore;
  readonly clock: Clock;
  readonly onStoreError: (error: unknown) => void;
}

interface Stored {
  /** When all were revoked; milliseconds since 1970. */
  readonly all: number | undefined;
  /** Sessions revoked one by one, and when. */
  readonly ids: readonly (readonly [id: string, at: number])[];
}

/** @throws {SecretsError} when the store fails. */
export async function loadPlaintextRevocations(
  options: PlaintextRevocationsOptions,
): Promise<PlaintextRevocations> {
  const stored = await readItem(options.store);
  return new PlaintextRevocations(options, stored);
}

export class PlaintextRevocations {
  /** Names the item when it could not be read. */
  readonly damaged: readonly string[];
  private readonly options: PlaintextRevocationsOptions;
  private readonly revoked: Map<string, number>;
  private readonly begun = new Set<string>();
  private all: number | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(options: PlaintextRevocationsOptions, stored: Stored | "damaged") {
    this.options = options;
    this.damaged = stored === "damaged" ? [REVOCATIONS_ITEM] : [];
    this.revoked = new Map(stored === "damaged" ? [] : stored.ids);
    this.all = stored === "damaged" ? options.clock.now() : stored.all;
  }

  /** Whether a session must not be served, whatever the relay says. */
  isOut(id: string): boolean {
    this.forgetOld();
    return this.revoked.has(id) || (this.all !== undefined && !this.begun.has(id));
  }

  /** A session begins, by a code. */
  began(id: string): void {
    if (this.all === undefined) return;
    if (this.begun.size >= MAX_NEW_SESSIONS)
      for (const oldest of [...this.begun].slice(0, 1)) this.begun.delete(oldest);
    this.begun.add(id);
  }

  /** Throws one out. `others` stay, should the mark have to stand for those that were revoked. */
  revoke(id: string, others: Iterable<string>): void {
    if (!SESSION_ID.test(id)) return;
    this.forgetOld();
    this.begun.delete(id);
    this.revoked.set(id, this.options.clock.now());
    if (this.revoked.size > MAX_REVOKED_SESSIONS) {
      for (const other of others) if (!this.isOut(other)) this.begun.add(other);
      this.mark();
    }
    this.write().catch(this.options.onStoreError);
  }

  /** Throws out every session there is, known here or not. Rejects when that would not outlive this process. */
  revokeAll(): Promise<void> {
    this.begun.clear();
    this.mark();
    return this.write();
  }

  /** Everything has been written, or has failed to be. */
  async settled(): Promise<void> {
    await this.writing.catch(() => undefined);
  }

  private mark(): void {
    this.all = this.options.clock.now();
    this.revoked.clear();
  }

  private forgetOld(): void {
    const oldest = this.options.clock.now() - MAX_SESSION_LIFE_MS;
    for (const [id, at] of this.revoked) if (at <= oldest) this.revoked.delete(id);
    if (this.all === undefined || this.all > oldest) return;
    this.all = undefined;
    this.begun.clear();
  }

  /** One write at a time, each with what holds when its turn comes. */
  private write(): Promise<void> {
    const next = this.settled().then(() => {
      const ids = [...this.revoked];
      return this.options.store.set(REVOCATIONS_ITEM, JSON.stringify({ v: VERSION, all: this.all, ids }));
    });
    this.writing = next;
    return next;
  }
}

async function readItem(store: SecretStore): Promise<Stored | "damaged"> {
  try {
    const text = await store.get(REVOCATIONS_ITEM);
    return text === undefined ? { all: undefined, ids: [] } : (decode(JSON.parse(text)) ?? "damaged");
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof SecretsError && error.code === "damaged")) {
      return "damaged";
    }
    throw error;
  }
}

function decode(value: unknown): Stored | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { v, all, ids } = value as Readonly<Record<string, unknown>>;
  if (v !== VERSION || !Array.isArray(ids) || ids.length > MAX_REVOKED_SESSIONS) return undefined;
  if ((all !== undefined && !isTime(all)) || !ids.every(isRevoked)) return undefined;
  return { all, ids };
}

function isRevoked(entry: unknown): entry is [string, number] {
  if (!Array.isArray(entry)) return false;
  const [id, at]: unknown[] = entry;
  return typeof id === "string" && SESSION_ID.test(id) && isTime(at);
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

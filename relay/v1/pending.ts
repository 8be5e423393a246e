/**
 * The v1 requests under way at one node connection. It keeps requests of different clients apart even when they chose
 * the same id: an id that is taken, or whose old answer may still come, is replaced towards the node and put back on
 * the way to the client. What needs no change is forwarded as it came.
 */
import { randomBytes } from "node:crypto";
import type { FromNode, ProxyRequest } from "#shared/protocol/v1/decode.ts";
import { REQUEST_ERROR, type RequestError, type RequestId } from "#shared/protocol/v1/messages.ts";
import type { Clock, Timer } from "../clock.ts";
import { MAX_ABANDONED_IDS } from "../limits.ts";
import type { PeerSocket } from "../peer-socket.ts";
import type { Received } from "./big-message.ts";

/** Who sent a request and gets its answer. */
export interface Requester {
  /** An answer as text, or the UTF-8 of it. */
  deliver(answer: string | Buffer): void;
}

interface Pending {
  readonly requester: Requester;
  /** As the client wrote it. */
  readonly id: RequestId;
  readonly deadline: number;
  readonly renamed: boolean;
}

export type Answer = Extract<FromNode, { kind: "response" | "bad_response" }>;

/** The one form of a request's failure. */
export function failure(id: RequestId, error: string): string {
  return JSON.stringify({ type: "http_response", id, error });
}

/** An id nobody else has. */
export function freshId(): string {
  return `r-${randomBytes(12).toString("base64url")}`;
}

/** What the nodes have that nobody has sent a request: one for all of them, and never added to. */
const NONE: Map<string, Pending> = new Map();

export class PendingRequests {
  private readonly peer: PeerSocket;
  private readonly clock: Clock;
  private readonly maxPending: number;
  private readonly maxBodyBytes: number;
  private readonly timeoutMs: number;
  /** By the id towards the node. All live equally long, so the first is always the next to time out. */
  private pending: Map<string, Pending> = NONE;
  /** Ids given up while the node may still answer them: handing one out again would hand out a stranger's answer. */
  private abandoned: Set<string> | undefined;
  private renameAll = false;
  private renamed = 0;
  private timer: Timer | undefined;

  constructor(options: {
    peer: PeerSocket;
    clock: Clock;
    maxPending: number;
    maxBodyBytes: number;
    timeoutMs: number;
  }) {
    this.peer = options.peer;
    this.clock = options.clock;
    this.maxPending = options.maxPending;
    this.maxBodyBytes = options.maxBodyBytes;
    this.timeoutMs = options.timeoutMs;
  }

  get size(): number {
    return this.pending.size;
  }

  /**
   * Sends a request to the node, as `raw` where that is possible. `session` is added for nodes that know sessions.
   * Returns why not, when not.
   */
  begin(
    requester: Requester,
    sent: { id: RequestId; received: Received<ProxyRequest>; raw: Buffer },
    session?: string,
  ): RequestError | undefined {
    const { id, received } = sent;
    const { request, forwardable } = received.message;
    const key = String(id);
    if (this.isOwn(requester, key)) return REQUEST_ERROR.ID_IN_USE;
    if (this.pending.size >= this.maxPending) return REQUEST_ERROR.TOO_MANY_PENDING;
    if (received.bodyBytes > this.maxBodyBytes) return REQUEST_ERROR.BODY_TOO_LARGE;
    const renamed = this.renameAll || this.pending.has(key) || this.abandoned?.has(key) === true;
    const wireId = renamed ? freshId() : id;
    const text =
      forwardable && !renamed
        ? withSession(sent.raw, session)
        : JSON.stringify({
            ...request,
            body_b64: received.bodyText(),
            id: wireId,
            ...(session !== undefined && { session }),
          });
    if (!this.peer.sendText(text)) return REQUEST_ERROR.NODE_SEND_FAILED;
    const deadline = this.clock.now() + this.timeoutMs;
    if (this.pending === NONE) this.pending = new Map();
    this.pending.set(String(wireId), { requester, id, deadline, renamed });
    if (renamed) this.renamed += 1;
    this.timer ??= this.clock.after(this.timeoutMs, () => this.expire());
    return undefined;
  }

  /** Passes the node's answer on. One that nobody waits for any more is dropped. */
  answer(received: Received<Answer>, raw: Buffer): void {
    const key = String(received.message.id);
    const entry = this.pending.get(key);
    if (entry === undefined) {
      this.abandoned?.delete(key);
      return;
    }
    this.forget(key, entry);
    entry.requester.deliver(this.answerFor(entry, received, raw));
  }

  /** Fails one request that the node answered with something unusable. */
  fail(id: RequestId, error: RequestError): void {
    const key = String(id);
    const entry = this.pending.get(key);
    if (entry === undefined) return;
    this.forget(key, entry);
    entry.requester.deliver(failure(entry.id, error));
  }

  /** A client is gone: its requests make room, and their answers will be dropped. */
  drop(requester: Requester): void {
    for (const [key, entry] of this.pending) if (entry.requester === requester) this.abandon(key, entry);
  }

  /** The node is gone. */
  failAll(error: RequestError): void {
    this.timer?.cancel();
    const entries = [...this.pending.values()];
    this.pending = NONE;
    for (const entry of entries) entry.requester.deliver(failure(entry.id, error));
  }

  private answerFor(entry: Pending, received: Received<Answer>, raw: Buffer): string | Buffer {
    const { message } = received;
    if (message.kind === "bad_response") return failure(entry.id, REQUEST_ERROR.BAD_RESPONSE);
    if (received.bodyBytes > this.maxBodyBytes) return failure(entry.id, REQUEST_ERROR.BODY_TOO_LARGE);
    if (message.forwardable && message.id === entry.id) return raw;
    const { response } = message;
    const body = "body_b64" in response ? { body_b64: received.bodyText() } : {};
    return JSON.stringify({ ...response, ...body, id: entry.id });
  }

  private isOwn(requester: Requester, key: string): boolean {
    const same = this.pending.get(key);
    if (same !== undefined && same.requester === requester && !same.renamed) return true;
    if (this.renamed === 0) return false;
    for (const entry of this.pending.values()) {
      if (entry.requester === requester && String(entry.id) === key) return true;
    }
    return false;
  }

  private expire(): void {
    this.timer = undefined;
    const now = this.clock.now();
    for (const [key, entry] of this.pending) {
      if (entry.deadline > now) {
        this.timer = this.clock.after(entry.deadline - now, () => this.expire());
        return;
      }
      this.abandon(key, entry);
      entry.requester.deliver(failure(entry.id, REQUEST_ERROR.TIMEOUT));
    }
  }

  private abandon(key: string, entry: Pending): void {
    this.forget(key, entry);
    // An id of our own making is never made again.
    if (entry.renamed || this.renameAll) return;
    this.abandoned ??= new Set();
    this.abandoned.add(key);
    if (this.abandoned.size <= MAX_ABANDONED_IDS) return;
    this.renameAll = true;
    this.abandoned = undefined;
  }

  private forget(key: string, entry: Pending): void {
    this.pending.delete(key);
    if (entry.renamed) this.renamed -= 1;
    if (this.pending.size === 0) {
      this.timer?.cancel();
      this.timer = undefined;
    }
  }
}

const CLOSING_BRACE = 0x7d;

/** Puts `session` into an object that was checked to have no such field, without encoding the rest again. */
function withSession(raw: Buffer, session: string | undefined): Buffer {
  if (session === undefined) return raw;
  const end = raw.lastIndexOf(CLOSING_BRACE);
  return Buffer.concat([raw.subarray(0, end), Buffer.from(`,"session":${JSON.stringify(session)}}`)]);
}

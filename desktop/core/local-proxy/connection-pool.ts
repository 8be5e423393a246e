/**
 * The connections to the local API that lie idle, and the time of all of them. A connection is used again a turn after
 * its answer at the earliest: what an API sends too much of would otherwise be taken for the next answer.
 */
import { KeptConnection, type KeptConnectionOptions } from "./kept-connection.ts";
import { TransportError } from "./transport.ts";

/** Shorter than servers keep an idle connection unasked; those that announce a time are believed, less a second. */
const KEEP_ALIVE_MS = 1_500;
const KEEP_ALIVE_MARGIN_MS = 1_000;
/** How often the time of the connections is looked at: one timer for all, because a timer for each request costs more. */
const LOOK_EVERY_MS = 250;
/** All connections read into the same memory, for what is read is used at once. */
const READ_BYTES = 64 * 1024;

export interface ConnectionPoolOptions extends Pick<KeptConnectionOptions, "target" | "connectTimeoutMs"> {
  /** For this long the API may say nothing when it is its turn. */
  readonly idleTimeoutMs: number;
}

export class ConnectionPool {
  private readonly options: KeptConnectionOptions;
  private readonly idleTimeoutMs: number;
  private readonly lookEveryMs: number;
  private readonly all = new Set<KeptConnection>();
  /** Free since this turn. */
  private resting: KeptConnection[] = [];
  /** The one that was used last is the last. */
  private idle: KeptConnection[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor({ target, connectTimeoutMs, idleTimeoutMs }: ConnectionPoolOptions) {
    this.idleTimeoutMs = idleTimeoutMs;
    this.lookEveryMs = Math.min(LOOK_EVERY_MS, Math.ceil(idleTimeoutMs / 4));
    this.options = {
      target,
      connectTimeoutMs,
      memory: Buffer.allocUnsafeSlow(READ_BYTES),
      keepMs: KEEP_ALIVE_MS,
      keepMarginMs: KEEP_ALIVE_MARGIN_MS,
      free: (connection) => this.free(connection),
      gone: (connection) => this.all.delete(connection),
    };
  }

  /** A connection for one exchange; undefined when the pool is closed. */
  take(): KeptConnection | undefined {
    if (this.isClosed) return undefined;
    for (let kept = this.idle.pop(); kept !== undefined; kept = this.idle.pop()) {
      if (this.isFresh(kept)) return kept;
      kept.fail(undefined);
    }
    const connection = new KeptConnection(this.options);
    this.all.add(connection);
    this.timer ??= setInterval(() => this.look(), this.lookEveryMs).unref();
    return connection;
  }

  close(): void {
    this.isClosed = true;
    for (const connection of this.all) connection.fail(new TransportError("ReadError"));
    clearInterval(this.timer);
  }

  private free(connection: KeptConnection): void {
    if (this.resting.push(connection) === 1) setImmediate(this.rested);
  }

  private readonly rested = (): void => {
    for (const connection of this.resting) if (!connection.isClosed) this.idle.push(connection);
    this.resting = [];
  };

  private isFresh(connection: KeptConnection): boolean {
    // It may have lain idle for the time of one look more than there were.
    return !connection.isClosed && (connection.silentLooks + 1) * this.lookEveryMs < connection.keepMs;
  }

  private look(): void {
    this.idle = this.idle.filter((connection) => {
      if (this.isFresh(connection)) return true;
      connection.fail(undefined);
      return false;
    });
    for (const connection of this.all) {
      if (!connection.isWaiting && !connection.isIdle) continue;
      connection.silentLooks += 1;
      const silentMs = (connection.silentLooks - 1) * this.lookEveryMs;
      if (connection.isWaiting && silentMs >= this.idleTimeoutMs)
        connection.fail(new TransportError("ReadTimeout"));
    }
    if (this.all.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

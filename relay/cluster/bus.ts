/**
 * The connection to the bus, for as long as the relay lives: made, watched, given up at the first sign that it is
 * gone, and made again. Each connection is a new one, with nothing of the one before: what an old one still had to
 * send is lost with it, and never comes late.
 */
import { connect, errors, type NatsConnection } from "@nats-io/transport-node";
import type { Clock, Timer } from "../clock.ts";
import type { Log } from "../log.ts";
import { type BusGreeting, greetingOf } from "./bus-probe.ts";
import { type BusServer, type BusSettings, busSettings } from "./bus-settings.ts";
import type { ClusterSettings } from "./cluster.ts";
import { ClusterError } from "./cluster-error.ts";
import { RECONNECT_JITTER_MS, RECONNECT_MS } from "./cluster-limits.ts";

export interface BusOwner {
  /** A connection is there: subscribe to everything. `came` follows once the bus has taken that in. */
  prepare(connection: NatsConnection): void;
  came(connection: NatsConnection): void;
  /** It is gone. Called also for one that has not come yet. */
  went(): void;
}

/** Causes that time does not heal, from Node's TLS. */
const NOT_TRUSTED = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

export class Bus {
  private readonly settings: ClusterSettings;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly owner: BusOwner;
  private bus: BusSettings | undefined;
  private current: NatsConnection | undefined;
  private isUp = false;
  private isStopped = false;
  private retry: Timer | undefined;
  private attempt: Promise<void> | undefined;
  private readonly closing = new Set<Promise<void>>();
  /** Told when the current connection is lost. */
  private lost: () => void = () => undefined;
  private isSaid = false;

  constructor(options: { settings: ClusterSettings; clock: Clock; log: Log; owner: BusOwner }) {
    this.settings = options.settings;
    this.clock = options.clock;
    this.log = options.log;
    this.owner = options.owner;
  }

  /** The connection, while it can be used. */
  get connection(): NatsConnection | undefined {
    return this.isUp ? this.current : undefined;
  }

  /** @throws {ClusterError} `cluster_bad_settings` */
  async start(): Promise<void> {
    this.bus = busSettings(this.settings);
    const first = this.try(this.bus);
    this.attempt = first.then(() => undefined);
    const failure = await first;
    if (failure === undefined) return;
    if (failure.code === "cluster_bad_settings") {
      await this.stop();
      throw failure;
    }
    this.tryLater();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.retry?.cancel();
    this.lose(this.current);
    await this.attempt;
    await Promise.all(this.closing);
  }

  private tryLater(): void {
    if (this.isStopped) return;
    const ms = RECONNECT_MS + Math.random() * RECONNECT_JITTER_MS;
    this.retry = this.clock.after(ms, () => {
      const { bus } = this;
      if (bus === undefined) return;
      this.attempt = this.try(bus).then((failure) => {
        if (failure !== undefined) this.tryLater();
      });
    });
  }

  /** One attempt at all servers, in an order of chance. Never rejects. */
  private async try(bus: BusSettings): Promise<ClusterError | undefined> {
    let failure = new ClusterError("cluster_unreachable", "No server of the bus answers.");
    for (const server of shuffled(bus.servers)) {
      if (this.isStopped) return failure;
      const greeting = await greetingOf(server);
      if (greeting === undefined) continue;
      const connection = await connected(bus, server, greeting);
      if (!(connection instanceof ClusterError)) {
        await this.adopt(connection);
        return undefined;
      }
      failure = connection;
    }
    this.sayAway(failure);
    return failure;
  }

  private async adopt(connection: NatsConnection): Promise<void> {
    if (this.isStopped) {
      await connection.close();
      return;
    }
    this.current = connection;
    const isLost = new Promise<void>((resolve) => {
      this.lost = resolve;
    });
    void this.watch(connection);
    try {
      this.owner.prepare(connection);
      // A flush on a connection that is given up never ends.
      await Promise.race([connection.flush(), isLost]);
    } catch {
      // It broke again before it could be used; the watch has seen it, or sees it now.
      this.lose(connection);
    }
    if (this.current !== connection) return;
    this.isUp = true;
    if (this.isSaid) this.log.info("the bus to the other relays is back");
    this.isSaid = false;
    this.owner.came(connection);
  }

  private async watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      // A stale connection ends many seconds later where the other side is frozen.
      if (["disconnect", "staleConnection", "close"].includes(status.type)) this.lose(connection);
      else if (status.type === "error" && status.error instanceof errors.PermissionViolationError) {
        this.log.error({ operation: status.error.operation }, "the bus does not allow a relay what it needs");
      }
    }
    this.lose(connection);
  }

  private lose(connection: NatsConnection | undefined): void {
    if (connection === undefined || this.current !== connection) return;
    this.current = undefined;
    this.isUp = false;
    this.lost();
    const closed = connection.close().then(
      () => void this.closing.delete(closed),
      (err: unknown) => {
        this.closing.delete(closed);
        this.log.debug({ code: codeOf(err) }, "a connection to the bus did not end well");
      },
    );
    this.closing.add(closed);
    if (!this.isStopped) this.sayAway();
    this.owner.went();
    this.tryLater();
  }

  /** Once for each time that it is away: attempts are many. */
  private sayAway(failure?: ClusterError): void {
    if (this.isSaid || this.isStopped) return;
    this.isSaid = true;
    this.log.warn({ ...(failure && { code: failure.code }) }, "the bus to the other relays is away");
  }
}

/** A connection to one server that has greeted, for the caller to close; or why there is none. Never rejects. */
export async function connected(
  { options, needsTls }: BusSettings,
  { host, port }: BusServer,
  greeting: BusGreeting,
): Promise<NatsConnection | ClusterError> {
  if (needsTls && !greeting.offersTls) {
    return new ClusterError("cluster_bad_settings", "The bus does not speak TLS, and was to.");
  }
  try {
    return await connect({ ...options, servers: [`${host.includes(":") ? `[${host}]` : host}:${port}`] });
  } catch (error) {
    // Errors of the library may name the host; its kind is all that is told.
    if (
      error instanceof errors.AuthorizationError ||
      error instanceof errors.UserAuthenticationExpiredError
    ) {
      return new ClusterError("cluster_bad_settings", "The bus refuses the login.");
    }
    if (NOT_TRUSTED.has(codeOf(error))) {
      return new ClusterError("cluster_bad_settings", "The certificate of the bus is not trusted.");
    }
    return new ClusterError("cluster_unreachable", "The bus cannot be reached.");
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/**
 * Keeps one connection to the relay: dials, watches that it lives, and dials again after a wait when it does not. It
 * knows nothing of what is said over the connection; a protocol is handed the open link and says when the relay has
 * accepted it.
 */
import type { WebSocket } from "ws";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import type { Cancel, Clock } from "../clock.ts";
import { type Backoff, connectionLost, FRESH, isQuick, nextWait, PROVEN_AFTER_MS } from "./backoff.ts";
import { dial } from "./dial.ts";
import type { FrameMasks } from "./frame-masks.ts";
import { type Heartbeat, startHeartbeat } from "./heartbeat.ts";
import { needsPatience, type Outage, outageOfClose } from "./outage.ts";
import { type RelayLink, relayLink } from "./relay-link.ts";
import type { ProxyRoute } from "./relay-proxy.ts";
import { nextState, type RelayEvent, type RelayState } from "./relay-state.ts";

/** How a protocol and the connection below it speak to each other. */
export interface Connection {
  readonly link: RelayLink;
  /** The relay has accepted this node. Called once. */
  online(): void;
  /** The protocol ends the connection and says why. */
  fail(outage: Outage): void;
}

export interface NodeProtocol {
  readonly subprotocols: readonly string[];
  readonly address: URL;
  readonly maxMessageBytes: number;
  /** How long the relay may take to accept. Left out: 10 s. */
  readonly acceptTimeoutMs?: number;
  /** Speaks over a connection that has just opened, until its link closes. Listens to the link at once. */
  start(connection: Connection): void;
  /**
   * Asked after each failed dial and each ended connection: true to dial again at once, because the protocol now
   * wants another address or subprotocol. Left out: never.
   */
  dialsAgain?(outage: Outage): boolean;
}

export interface ConnectorOptions {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly protocol: NodeProtocol;
  /** The way through a proxy, made for each dial anew; undefined for a direct connection. */
  readonly route: () => ProxyRoute | undefined;
  readonly changed: (state: RelayState) => void;
}

export interface Connector {
  readonly state: RelayState;
  /** The network or the machine came back: dial now, or see at once whether the connection still lives. */
  wake(): void;
  /** Says goodbye and resolves when the socket is gone, after two seconds at the latest. */
  stop(): Promise<void>;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** While a relay is likely to be restarting, a dial that hangs (its port is filtered meanwhile) must not cost seconds. */
const QUICK_HANDSHAKE_TIMEOUT_MS = 3_000;
const ACCEPT_TIMEOUT_MS = 10_000;

class RelayConnector implements Connector {
  state: RelayState = { kind: "stopped" };
  private readonly options: ConnectorOptions;
  private backoff: Backoff = FRESH;
  /** Ends whatever is under way: the wait, the dial or the connection. */
  private end: () => void = () => undefined;
  private heartbeat: Heartbeat | undefined;
  private stopping: Promise<void> | undefined;
  private gone: (() => void) | undefined;

  constructor(options: ConnectorOptions) {
    this.options = options;
  }

  dial(): void {
    const { clock, protocol, route } = this.options;
    this.move({ kind: "dialling" });
    const quick = isQuick(this.backoff, clock.now());
    this.end = dial({
      address: protocol.address,
      subprotocols: protocol.subprotocols,
      route: route(),
      maxMessageBytes: protocol.maxMessageBytes,
      timeoutMs: quick ? QUICK_HANDSHAKE_TIMEOUT_MS : HANDSHAKE_TIMEOUT_MS,
      clock,
      opened: (socket, masks) => this.opened(socket, masks),
      failed: (outage) => this.wait(outage),
    });
  }

  wake(): void {
    if (this.state.kind === "connected") this.heartbeat?.probe();
    if (this.state.kind !== "waiting") return;
    this.end();
    this.backoff = FRESH;
    this.dial();
  }

  stop(): Promise<void> {
    this.stopping ??= this.finish();
    return this.stopping;
  }

  private async finish(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      this.gone = resolve;
    });
    this.end();
    if (this.heartbeat !== undefined) await gone;
    this.move({ kind: "stopped" });
  }

  private move(event: RelayEvent): void {
    this.state = nextState(this.state, event);
    this.options.changed(this.state);
  }

  private wait(outage: Outage): void {
    const { clock, random, protocol } = this.options;
    if (protocol.dialsAgain?.(outage)) {
      this.dial();
      return;
    }
    const { ms, next } = nextWait(this.backoff, clock.now(), needsPatience(outage), random);
    this.backoff = next;
    this.move({ kind: "lost", now: clock.now(), until: clock.now() + ms, outage });
    this.end = clock.after(ms, () => this.dial());
  }

  private opened(socket: WebSocket, masks: FrameMasks): void {
    const { clock, protocol } = this.options;
    let failure: Outage | undefined;
    let online = false;
    let cancel: Cancel;

    const fail = (outage: Outage) => {
      failure ??= outage;
      socket.terminate();
    };
    const heartbeat = startHeartbeat({
      clock,
      ping: () => {
        if (socket.readyState === socket.OPEN) socket.ping();
      },
      dead: () => fail({ code: "relay_silent" }),
    });
    const link = relayLink(socket, masks, {
      heard: () => heartbeat.heard(),
      sent: (bytes) => heartbeat.sent(bytes),
      closed: (close) => {
        heartbeat.stop();
        cancel();
        this.heartbeat = undefined;
        const outage = failure ?? outageOfClose(close);
        if (this.gone) this.gone();
        else this.lost(outage, online);
      },
    });
    cancel = clock.after(protocol.acceptTimeoutMs ?? ACCEPT_TIMEOUT_MS, () =>
      fail({ code: "relay_timeout" }),
    );
    this.heartbeat = heartbeat;
    this.end = () => link.close(CLOSE.GOING_AWAY, "");
    protocol.start({
      link,
      fail,
      online: () => {
        online = true;
        cancel();
        cancel = clock.after(PROVEN_AFTER_MS, () => {
          this.backoff = FRESH;
        });
        this.move({ kind: "online", now: clock.now() });
      },
    });
  }

  private lost(outage: Outage, wasOnline: boolean): void {
    if (wasOnline) {
      const announced = outage.code === "relay_restarting";
      this.backoff = connectionLost(this.backoff, this.options.clock.now(), announced);
    }
    this.wait(outage);
  }
}

/** Starts connecting at once. */
export function startConnector(options: ConnectorOptions): Connector {
  const connector = new RelayConnector(options);
  connector.dial();
  return connector;
}

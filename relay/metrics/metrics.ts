/**
 * What the relay counts for its owner, in the terms of Prometheus. Nothing here knows an id, an address or a path, and
 * every label has a few values that this file or a constant of the protocol lists. What can be looked up when somebody
 * asks is looked up then; only events are counted as they happen.
 */
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { type ClusterReadings, observeCluster } from "../cluster/cluster-metrics.ts";

/** What the gauges read when somebody asks. */
export interface Readings {
  nodes(version: 1 | 2): number;
  sockets(): number;
  /** v1 sessions that could be used. */
  sessions(): number;
  /** Codes and links that could be used. */
  offers(): number;
  queuedBytes(): number;
  unfinishedBytes(): number;
  /** Bytes of all sockets so far, with what TCP carries around the messages. */
  traffic(): { readonly received: number; readonly sent: number };
  isDraining(): boolean;
}

const MISNAMED = [
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
  "nodejs_active_resources_total",
];

export type OpenVia = "session" | "offer";

export class Metrics {
  private readonly registry = new Registry();
  private readonly opens: Counter<"via" | "result">;
  private readonly refusals: Counter<"reason">;
  private readonly pairings: Counter<"result">;
  private readonly holds: Counter<"of">;
  private openChannels = 0;

  constructor() {
    const registers = [this.registry];
    this.opens = new Counter({
      name: "ora_relay_opens_total",
      help: "Channels that clients of protocol 2 asked for, by what came of it.",
      labelNames: ["via", "result"],
      registers,
    });
    this.refusals = new Counter({
      name: "ora_relay_refused_total",
      help: "Sockets and upgrades that were turned away, by the reason.",
      labelNames: ["reason"],
      registers,
    });
    this.holds = new Counter({
      name: "ora_relay_held_back_total",
      help: "Times that a socket had to wait because its node or address passed more bytes than the owner allows.",
      labelNames: ["of"],
      registers,
    });
    this.pairings = new Counter({
      name: "ora_relay_plaintext_pairings_total",
      help: "Codes of protocol 1 that were posted, by the status of the answer.",
      labelNames: ["result"],
      registers,
    });
    this.gauge("ora_relay_channels", "Open channels of protocol 2.", () => this.openChannels);
  }

  /** `result` is "opened" or an error code of the protocol. */
  opened(via: OpenVia, result: string): void {
    this.opens.inc({ via, result });
  }

  /** `reason` is a constant of the relay, never what a peer sent. */
  refused(reason: string): void {
    this.refusals.inc({ reason });
  }

  heldBack(of: "node" | "address"): void {
    this.holds.inc({ of });
  }

  paired(status: number): void {
    this.pairings.inc({ result: String(status) });
  }

  /** Call what is returned, once, when the channel is gone. */
  channelOpened(): () => void {
    this.openChannels += 1;
    return () => {
      this.openChannels -= 1;
    };
  }

  /** Adds what is read when somebody asks. Call once. */
  observe(readings: Readings): void {
    const { registry } = this;
    new Gauge({
      name: "ora_relay_nodes",
      help: "Nodes online.",
      labelNames: ["protocol"],
      registers: [registry],
      collect() {
        for (const version of [1, 2] as const) this.set({ protocol: version }, readings.nodes(version));
      },
    });
    this.gauge("ora_relay_sockets", "WebSockets of nodes and clients.", () => readings.sockets());
    this.gauge("ora_relay_plaintext_sessions", "Sessions of protocol 1.", () => readings.sessions());
    this.gauge("ora_relay_offers", "Pairing codes and links on offer.", () => readings.offers());
    this.gauge("ora_relay_queued_bytes", "Bytes that wait to be sent.", () => readings.queuedBytes());
    this.gauge("ora_relay_unfinished_bytes", "Bytes of unfinished messages.", () =>
      readings.unfinishedBytes(),
    );
    this.gauge("ora_relay_draining", "1 while the relay is ending.", () => Number(readings.isDraining()));
    new Counter({
      name: "ora_relay_bytes_total",
      help: "Bytes of all sockets.",
      labelNames: ["direction"],
      registers: [registry],
      collect() {
        const { received, sent } = readings.traffic();
        this.reset();
        this.inc({ direction: "received" }, received);
        this.inc({ direction: "sent" }, sent);
      },
    });
  }

  /** Adds what a relay among several has to tell. Call once, and not at all for one that is alone. */
  observeCluster(cluster: ClusterReadings): void {
    observeCluster(this.registry, cluster);
  }

  /** Memory, CPU, event loop and garbage collection of this process. Costs a timer, so only where somebody asks. */
  observeProcess(): void {
    collectDefaultMetrics({ register: this.registry });
    // Gauges by the names of counters, which Prometheus' own check refuses.
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Everything in Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  private gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}

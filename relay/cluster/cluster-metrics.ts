/** What a relay among several counts for its owner. Looked up when somebody asks; each label has two values. */
import { Counter, Gauge, type Registry } from "prom-client";
import type { Cluster } from "./cluster.ts";

export type ClusterReadings = Pick<Cluster, "isConnected" | "others" | "traffic">;

/** Adds what is read to `registry`. Call once. */
export function observeCluster(registry: Registry, cluster: ClusterReadings): void {
  const registers = [registry];
  new Gauge({
    name: "ora_relay_cluster_connected",
    help: "1 while the bus to the other relays is there.",
    registers,
    collect() {
      this.set(Number(cluster.isConnected));
    },
  });
  new Gauge({
    name: "ora_relay_cluster_others",
    help: "Other relays that are heard of.",
    registers,
    collect() {
      this.set(cluster.others);
    },
  });
  new Gauge({
    name: "ora_relay_cluster_links",
    help: "Clients that landed here and are served elsewhere (near), and those of others that are served here (far).",
    labelNames: ["end"],
    registers,
    collect() {
      const { near, far } = cluster.traffic.links;
      this.set({ end: "near" }, near);
      this.set({ end: "far" }, far);
    },
  });
  new Counter({
    name: "ora_relay_cluster_bytes_total",
    help: "Bytes between relays, of clients that are served elsewhere.",
    labelNames: ["direction"],
    registers,
    collect() {
      const { received, sent } = cluster.traffic;
      this.reset();
      this.inc({ direction: "received" }, received);
      this.inc({ direction: "sent" }, sent);
    },
  });
  new Counter({
    name: "ora_relay_cluster_ignored_total",
    help: "What came over the bus and could not be used.",
    registers,
    collect() {
      this.reset();
      this.inc(cluster.traffic.ignored);
    },
  });
}

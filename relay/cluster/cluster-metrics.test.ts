import { describe, expect, it } from "vitest";
import { Metrics } from "../metrics/metrics.ts";

describe("what a relay among several counts", () => {
  it("is there for a relay among several, as it stands when somebody asks, and for no other", async () => {
    expect(await new Metrics().text()).not.toContain("cluster");
    const metrics = new Metrics();
    const readings = {
      isConnected: true,
      others: 2,
      traffic: { links: { near: 3, far: 4 }, sent: 5, received: 6, ignored: 7 },
    };
    metrics.observeCluster(readings);
    await metrics.text();
    const lines = (await metrics.text()).split("\n").filter((line) => line.startsWith("ora_relay_cluster"));
    expect(lines).toEqual([
      "ora_relay_cluster_connected 1",
      "ora_relay_cluster_others 2",
      'ora_relay_cluster_links{end="near"} 3',
      'ora_relay_cluster_links{end="far"} 4',
      'ora_relay_cluster_bytes_total{direction="received"} 6',
      'ora_relay_cluster_bytes_total{direction="sent"} 5',
      "ora_relay_cluster_ignored_total 7",
    ]);
  });
});

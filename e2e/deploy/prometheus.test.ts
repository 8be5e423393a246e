/** The rules and the dashboard that come with the relay, held to what a running relay really tells. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWith } from "../../desktop/core/testing/system-program.ts";
import { endingsOfAllTests } from "../support/endings.ts";
import { startNats } from "../support/nats.ts";
import { startTestRelay } from "../support/relay.ts";

const DEPLOY = join(import.meta.dirname, "..", "..", "relay", "deploy");

function promtool(args: string[], input?: string): string {
  return execFileSync("promtool", args, {
    cwd: join(DEPLOY, "prometheus"),
    encoding: "utf8",
    stdio: "pipe",
    ...(input !== undefined && { input }),
  });
}

describeWith({ promtool: "prometheus", "nats-server": "nats-server" }, "Prometheus", () => {
  const atTheEnd = endingsOfAllTests();

  async function scrape(): Promise<string> {
    const nats = await startNats(atTheEnd);
    const relay = await startTestRelay({ ORA_RELAY_ADMIN_PORT: "0", ORA_RELAY_NATS_URL: nats.url });
    atTheEnd(() => relay.close());
    // What is counted by a label is there once something was counted.
    await fetch(`${relay.origin}/api/pair`, { method: "POST", body: '{"code":"x"}' });
    return (await fetch(`http://127.0.0.1:${relay.adminPort}/metrics`)).text();
  }

  it("finds nothing wrong with the metrics", async () => {
    expect(promtool(["check", "metrics"], await scrape())).toBe("");
  });

  it("takes the rules and the configuration, and the rules fire when they should", () => {
    promtool(["check", "config", "prometheus.yml"]);
    expect(promtool(["test", "rules", "ora-relay.rules.test.yml"])).toContain("SUCCESS");
  });

  it("is told every metric that the rules and the dashboard name", async () => {
    const text = await scrape();
    for (const file of ["prometheus/ora-relay.rules.yml", "grafana/ora-relay.json"]) {
      const named = readFileSync(join(DEPLOY, file), "utf8").match(/\b(ora_relay|nodejs|process)_\w+/g) ?? [];
      expect(named.length).toBeGreaterThan(5);
      for (const name of named) expect(text, `${name} in ${file}`).toContain(`# TYPE ${name} `);
    }
  });
});

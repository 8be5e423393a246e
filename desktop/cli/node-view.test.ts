import { describe, expect, it } from "vitest";
import type { NodeEvent } from "../core/node-status.ts";
import { nodeView } from "./node-view.ts";

function shown(events: NodeEvent[]): string[] {
  const lines: string[] = [];
  const view = nodeView({
    relayUrl: new URL("ws://127.0.0.1:9010"),
    api: "http://127.0.0.1:8000",
    now: () => 1_000_000,
    print: (line) => lines.push(line.replace(/^\d\d:\d\d:\d\d /, "")),
  });
  for (const event of events) view(event);
  return lines;
}

const waiting = (ms: number, code: "relay_restarting" | "relay_unreachable"): NodeEvent => ({
  kind: "relay",
  state: { kind: "waiting", until: 1_000_000 + ms, outage: { code, since: 0 } },
});
const redialling: NodeEvent = {
  kind: "relay",
  state: { kind: "connecting", outage: { code: "relay_unreachable", since: 0 } },
};

describe("what the terminal shows", () => {
  it("is the code on a line of its own, with its life, and the lines to paste", () => {
    const lines = shown([{ kind: "code", code: "ABCDE-12345", lifetimeMs: 120_000 }]);
    expect(lines).toContain("pairing_code=ABCDE-12345");
    expect(lines.join("\n")).toMatch(/within 120 s; not encrypted/);
    expect(lines.filter((line) => /^ {2}(TOKEN=|\[ "\$TOKEN")/.test(line))).toHaveLength(2);
  });

  it("repeats of the lines to paste only the one that changed", () => {
    const code = (text: string): NodeEvent => ({ kind: "code", code: text, lifetimeMs: 120_000 });
    const again = shown([code("A"), code("B")]).slice(shown([code("A")]).length);
    expect(again.filter((line) => line.includes("wscat"))).toEqual([]);
    expect(again.filter((line) => line.includes("TOKEN="))).toHaveLength(1);
    expect(again).toHaveLength(3);
  });

  it("stays calm through the quick tries after a loss, and tells changes and long waits", () => {
    const lines = shown([
      waiting(500, "relay_restarting"),
      redialling,
      waiting(500, "relay_unreachable"),
      redialling,
      waiting(500, "relay_unreachable"),
      redialling,
      waiting(30_000, "relay_unreachable"),
      redialling,
      { kind: "relay", state: { kind: "connected", since: 0 } },
    ]);
    expect(lines.map((line) => /restarts|reached|connected/.exec(line)?.[0])).toEqual([
      "restarts",
      "reached",
      "reached",
      "connected",
    ]);
  });

  it("tells everything else in a line each", () => {
    const lines = shown([
      { kind: "relay", state: { kind: "connecting" } },
      { kind: "api", state: { kind: "up", since: 0 } },
      { kind: "code_used" },
      { kind: "code_refused", error: "too_many_codes", retryMs: 2_000 },
      { kind: "relay_error", error: "unknown_message_type" },
      { kind: "not_understood" },
      { kind: "relay", state: { kind: "stopped" } },
    ]);
    expect(lines).toHaveLength(7);
    expect(lines[3]).toContain("(too_many_codes); offering another in 2 s");
  });
});

import { describe, expect, it } from "vitest";
import { apiText, relayText } from "./status-text.ts";

const now = new Date(2026, 0, 2, 10, 30, 0).getTime();
const since = now - 5_000;

describe("what the owner reads", () => {
  it("names the broken hop, since when, how long it waits, and what to do", () => {
    const state = {
      kind: "waiting",
      until: now + 12_000,
      outage: { code: "relay_unreachable", detail: "ECONNREFUSED", since },
    } as const;
    expect(relayText(state, "127.0.0.1:9010", now)).toBe(
      "no connection since 10:29:55: the relay cannot be reached (ECONNREFUSED); trying again in 12 s" +
        " - is it running, and is ORA_RELAY_URL right?",
    );
    const restart = {
      kind: "waiting",
      until: now + 300,
      outage: { code: "relay_restarting", since },
    } as const;
    expect(relayText(restart, "r", now)).toBe(
      "no connection since 10:29:55: the relay restarts; trying again in 1 s",
    );
  });

  it("tells a relay that wants its key from one that is too old, and from one without a public address", () => {
    const text = (code: "relay_refused" | "relay_too_old" | "relay_has_no_v2", detail: string) =>
      relayText({ kind: "waiting", until: now, outage: { code, detail, since } }, "r", now);
    expect(text("relay_refused", "enrollment_required")).toMatch(
      /refuses this node .*set ORA_RELAY_ENROLL_KEY/,
    );
    expect(text("relay_too_old", "4426")).toMatch(/does not speak the encrypted protocol .*update it/);
    expect(text("relay_has_no_v2", "no_public_url")).toMatch(/no public address .*ORA_RELAY_PUBLIC_URL/);
  });

  it("says what it is doing when nothing is broken", () => {
    expect(relayText({ kind: "connecting" }, "r:1", now)).toBe("connecting to r:1");
    expect(relayText({ kind: "connected", since }, "r:1", now)).toBe("connected to r:1");
    expect(relayText({ kind: "stopped" }, "r:1", now)).toBe("disconnected from r:1");
  });

  it("says how the local API is", () => {
    const api = "http://127.0.0.1:8000";
    expect(apiText({ kind: "up", since }, api)).toBe("the local API at http://127.0.0.1:8000 answers");
    expect(apiText({ kind: "down", since, because: "ConnectError" }, api)).toBe(
      "the local API at http://127.0.0.1:8000 is down since 10:29:55 (nothing listens there) - start it, or set ORA_NODE_API_BASE_URL",
    );
    expect(apiText({ kind: "down", since, because: "ConnectTimeout" }, api)).toContain("(no answer)");
    expect(apiText({ kind: "unknown" }, api)).toContain("looking for");
  });
});

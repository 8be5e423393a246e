import { describe, expect, it } from "vitest";
import { PROBLEMS, type ProblemCode } from "#shared/client/problem.ts";
import type { SessionState } from "#shared/client/session-state.ts";
import { english } from "../texts/en.ts";
import { japanese } from "../texts/ja.ts";
import { type PcFacts, pcView } from "./pc-view.ts";

const NOW = new Date(2026, 10, 24, 15, 0).getTime();
const SINCE = new Date(2026, 10, 24, 14, 2).getTime();

function view(
  session: SessionState,
  facts: Partial<PcFacts> = {},
  place: { isOnline?: boolean; isSecure?: boolean } = {},
) {
  const { isOnline = true, isSecure = true } = place;
  return pcView(
    {
      id: "1",
      nodeId: "node",
      label: undefined,
      nodeName: "Studio PC",
      isPending: false,
      session,
      api: undefined,
      apps: "https://*.relay.example",
      opening: false,
      openTrouble: undefined,
      ...facts,
    },
    { texts: english, now: NOW, isOnline, isSecure },
  );
}

const connected: SessionState = { status: "connected", since: SINCE };
const waiting = (code: ProblemCode): SessionState => ({
  status: "waiting",
  since: SINCE,
  problem: { code },
  retryAt: NOW + 4_000,
});
const states = ({ hops }: ReturnType<typeof view>) => hops.map(([, state]) => state);

describe("a PC of the list", () => {
  it("is connected when it has answered, and every dot is good", () => {
    const seen = view(connected);
    expect(seen).toMatchObject({ name: "Studio PC", ring: "connected", line: "connected", openApp: "ready" });
    expect(states(seen)).toEqual(["good", "good", "good", "good"]);
    expect(seen.words).toBeUndefined();
  });

  it("says when its app does not answer, since when, and what to do", () => {
    const seen = view(connected, { api: { isUp: false, since: SINCE } });
    expect(seen.ring).toBe("attention");
    expect(seen.line).toBe("the local app is not answering since 14:02");
    expect(states(seen)).toEqual(["good", "good", "good", "broken"]);
    expect(seen.words?.title).toBe("PC reached, its app was not.");
    expect(seen.isConnected).toBe(true);
  });

  it("is asleep, not broken, when it went to sleep", () => {
    const seen = view(waiting("node_sleeping"));
    expect(seen).toMatchObject({ ring: "paused", line: "PC asleep since 14:02", remedy: "try_now" });
    expect(states(seen)).toEqual(["good", "good", "resting", "behind"]);
  });

  it.each([
    ["relay_unreachable", "relay unreachable since 14:02", ["good", "broken", "behind", "behind"]],
    ["maybe_revoked", "not let through since 14:02", ["good", "broken", "behind", "behind"]],
    ["node_offline", "PC not reached since 14:02", ["good", "good", "broken", "behind"]],
    ["not_authentic", "not your PC's answer since 14:02", ["good", "broken", "behind", "behind"]],
  ] as const)("names the hop that broke: %s", (code, line, dots) => {
    const seen = view(waiting(code));
    expect(seen.line).toBe(line);
    expect(states(seen)).toEqual(dots);
    expect(seen.words?.code).toBe(code);
    expect(seen.retryAt).toBe(NOW + 4_000);
  });

  it("blames the phone when the phone has no network", () => {
    const seen = view(waiting("relay_unreachable"), {}, { isOnline: false });
    expect(seen.line).toBe("no network since 14:02");
    expect(states(seen)).toEqual(["broken", "behind", "behind", "behind"]);
  });

  it("is revoked by the PC's own word alone, and then can only be paired again", () => {
    const seen = view({ status: "revoked", since: SINCE, problem: { code: "revoked" } });
    expect(seen).toMatchObject({ line: "revoked on the PC, 14:02", remedy: "pair_again" });
    expect(view(waiting("maybe_revoked")).remedy).toBe("try_now");
  });

  it("waits for the PC to confirm when it never has", () => {
    expect(view({ status: "connecting", since: SINCE }, { isPending: true }).line).toBe(
      "waiting for the PC to confirm",
    );
  });

  it("offers the app only where it can be opened, and says why not", () => {
    expect(view(connected, { apps: undefined }).openApp).toBe("off");
    expect(view(connected, {}, { isSecure: false }).openApp).toBe("insecure");
    expect(view(connected, { opening: true }).openApp).toBe("opening");
    expect(view(waiting("node_offline")).openApp).toBe("waiting");
  });

  it("has words in both languages for whatever the library can say", () => {
    for (const texts of [english, japanese]) {
      for (const code of Object.keys(PROBLEMS) as ProblemCode[]) {
        const seen = pcView(
          {
            id: "1",
            nodeId: "node",
            label: "desk",
            nodeName: "x",
            isPending: false,
            session: waiting(code),
            api: undefined,
            apps: undefined,
            opening: false,
            openTrouble: undefined,
          },
          { texts: texts, now: NOW, isOnline: true, isSecure: true },
        );
        expect(seen.line, code).toContain("14:02");
        expect(seen.words?.title, code).toBeTruthy();
      }
    }
  });
});

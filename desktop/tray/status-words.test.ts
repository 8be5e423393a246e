import { describe, expect, it } from "vitest";
import { type AppState, type BlockCode, firstState, nextAppState } from "./app-state.ts";
import { standing } from "./standing.ts";
import { MAX_TOOLTIP_LENGTH, statusView, tooltip } from "./status-words.ts";
import { running, SAMPLE_NOW, sampleNode } from "./testing/sample-state.ts";
import { chooseLanguage, textsIn } from "./texts/choose-texts.ts";

const options = { texts: textsIn("en"), now: SAMPLE_NOW, timeZone: "UTC" };
const waiting = (code: "relay_unreachable" | "relay_untrusted") =>
  running({
    relay: { kind: "waiting", until: SAMPLE_NOW + 5_000, outage: { code, since: SAMPLE_NOW - 600_000 } },
  });

describe("how things stand", () => {
  it("has four marks: what waits alone mends itself, what needs the owner asks for him", () => {
    const blocked = (code: BlockCode) => nextAppState(firstState(0), { kind: "blocked", code }, 1);
    const question = { id: 1, name: "x", client: "", via: "link", checkNumber: "0000" } as const;
    const marks: [AppState, string][] = [
      [running(), "connected"],
      [firstState(0), "connecting"],
      [running({ relay: { kind: "connecting" } }), "connecting"],
      [waiting("relay_unreachable"), "connecting"],
      [waiting("relay_untrusted"), "attention"],
      [running({ api: { kind: "down", since: 0, because: "ConnectError" } }), "attention"],
      [running({ questions: [question] }), "attention"],
      [blocked("keychain_locked"), "attention"],
      [nextAppState(firstState(0), { kind: "no_relay" }, 1), "attention"],
      [nextAppState(running(), { kind: "paused", node: sampleNode() }, 1), "paused"],
      [
        nextAppState(running(), { kind: "core", event: { kind: "damaged", item: "device-x" } }, 1),
        "attention",
      ],
    ];
    for (const [state, mark] of marks) expect(standing(state).mark).toBe(mark);
  });

  it("says in its first sentence what the mark means, when it asks for the owner", () => {
    const question = { id: 1, name: "x", client: "", via: "link", checkNumber: "0000" } as const;
    const damaged = nextAppState(running(), { kind: "core", event: { kind: "damaged", item: "rule-1" } }, 1);
    const unstored = nextAppState(
      running(),
      { kind: "core", event: { kind: "store_failed", error: "x" } },
      1,
    );
    const titles: [AppState, string][] = [
      [running({ questions: [question] }), "A device asks to be let in."],
      [damaged, "Cannot be read and was left as it is: rule-1."],
      [unstored, "A change could not be stored. It is lost when ORA ends."],
    ];
    for (const [state, title] of titles) {
      expect(statusView(state, options)).toMatchObject({ ring: "attention", title });
      expect(tooltip(state, options)).toBe(`ORA: ${title}`);
    }
    // While there is no connection that is what is said, in mark and sentence alike.
    const both = nextAppState(
      waiting("relay_unreachable"),
      { kind: "core", event: { kind: "damaged", item: "rule-1" } },
      1,
    );
    expect(statusView(both, options)).toMatchObject({
      ring: "connecting",
      code: "relay_unreachable",
      notes: ["Cannot be read and was left as it is: rule-1."],
    });
  });

  it("keeps the beginning of an outage, the next attempt and what to press", () => {
    expect(statusView(waiting("relay_unreachable"), options)).toEqual({
      ring: "connecting",
      code: "relay_unreachable",
      title: "No connection to relay.example since 06:03: it cannot be reached.",
      advice: "Check that the relay is running and its address is right.",
      brokenHop: "relay",
      retryAt: SAMPLE_NOW + 5_000,
      remedy: "try_now",
    });
    const down = running({ api: { kind: "down", since: SAMPLE_NOW - 60_000, because: "ConnectError" } });
    expect(statusView(down, options)).toMatchObject({ brokenHop: "app", remedy: "api_settings" });
  });

  it("fits a tooltip, however long the relay's name is", () => {
    for (const length of [10, 60, 110, 300]) {
      const text = tooltip(running({ relayOrigin: `https://${"r".repeat(length)}.example` }), options);
      expect(text.length).toBeLessThanOrEqual(MAX_TOOLTIP_LENGTH);
      expect(text).toMatch(/^ORA: Connected through r/);
    }
  });

  it("survives a clock that jumps anywhere", () => {
    for (const now of [0, -1, Number.MAX_SAFE_INTEGER, 8_640_000_000_000_000, Number.NaN]) {
      const state = nextAppState(firstState(now), { kind: "no_relay" }, now);
      expect(
        statusView(state, { ...options, now: Math.min(8_640_000_000_000_000, Math.max(0, now || 0)) }).title,
      ).toBe("No relay is set up yet.");
    }
  });

  it("has a whole sentence for everything, in both languages", () => {
    const facts = { relay: "relay.example", api: "http://127.0.0.1:8000", since: "14:02", detail: "" };
    for (const language of ["en", "ja"] as const) {
      for (const { title, advice } of Object.values(textsIn(language).standing)) {
        expect(title(facts)).toMatch(language === "en" ? /^[A-Z].*[.…]$/ : /[。…]$/);
        expect(advice).toMatch(language === "en" ? /^$|^[A-Z].*\.$/ : /^$|。$/);
      }
    }
  });
});

describe("the language", () => {
  it("is the owner's choice, or the first of the system's that is there", () => {
    expect(chooseLanguage("system", ["fr-FR", "ja-JP", "en"])).toBe("ja");
    expect(chooseLanguage("system", ["fr"])).toBe("en");
    expect(chooseLanguage("en", ["ja"])).toBe("en");
  });
});

describe("the state", () => {
  it("shows no code and nobody connected while paused", () => {
    const node = sampleNode({ questions: [{ id: 1, name: "x", client: "", via: "link", checkNumber: "1" }] });
    const paused = nextAppState(running(), { kind: "paused", node }, 5);
    expect(paused).toMatchObject({
      kind: "paused",
      since: 5,
      node: { link: undefined, questions: [], relay: { kind: "stopped" } },
    });
  });

  it("collects damaged items in one notice, and forgets notices when the node starts anew", () => {
    let state = running();
    for (const item of ["rule-1", "device-a", "rule-1"]) {
      state = nextAppState(state, { kind: "core", event: { kind: "damaged", item } }, 7);
    }
    expect(state.notices).toEqual([{ code: "items_damaged", since: 7, detail: "rule-1, device-a" }]);
    expect(nextAppState(state, { kind: "starting" }, 8).notices).toEqual([]);
  });

  it("asks for nobody any more when what could not be read was removed", () => {
    let state = running();
    for (const item of ["rule-1", "device-a", "setting-language"]) {
      state = nextAppState(state, { kind: "core", event: { kind: "damaged", item } }, 7);
    }
    const facts = (damaged: string[]) =>
      nextAppState(state, { kind: "facts", node: sampleNode({ damaged }) }, 9).notices;
    expect(facts(["rule-1", "device-a"])).toEqual(state.notices);
    expect(facts(["device-a"])).toMatchObject([{ since: 7, detail: "device-a, setting-language" }]);
    const clean = nextAppState(running(), { kind: "core", event: { kind: "damaged", item: "rule-1" } }, 7);
    expect(nextAppState(clean, { kind: "facts", node: sampleNode() }, 9).notices).toEqual([]);
  });
});

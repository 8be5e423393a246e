import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { PairOffer } from "#shared/protocol/v1/messages.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { type OfferEvent, offerCodes } from "./pair-offers.ts";

function setUp(options: { fixedCode?: string; ttlMs?: number } = {}) {
  const clock = fakeClock();
  const sent: PairOffer[] = [];
  const events: OfferEvent[] = [];
  const ttlMs = options.ttlMs ?? 120_000;
  const offers = offerCodes({
    clock,
    randomBytes,
    ttlMs,
    fixedCode: options.fixedCode,
    send: (offer) => sent.push(offer),
    event: (event) => events.push(event),
  });
  return {
    clock,
    sent,
    events,
    offers,
    /** The relay takes the code, which it says will live for `ms`. */
    ack(ms = ttlMs, notify = true) {
      const expires_at = (clock.now() + ms) / 1000;
      offers.acknowledged({ type: "pair_offer_ack", ok: true, expires_at, ...(notify && { notify }) });
    },
    refuse: (error = "code_required") => offers.acknowledged({ type: "pair_offer_ack", ok: false, error }),
    shown: () => events.flatMap((event) => (event.kind === "code" ? [event.code] : [])),
  };
}

describe("pairing codes on offer", () => {
  it("are made fresh, offered at once, and shown only when the relay took them", () => {
    const { sent, events, ack } = setUp();
    expect(sent).toEqual([
      {
        type: "pair_offer",
        code: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/),
        notify: true,
      },
    ]);
    expect(events).toEqual([]);
    ack();
    expect(events).toEqual([{ kind: "code", code: sent[0]?.code, lifetimeMs: 120_000 }]);
  });

  it("are replaced when used, by another one", () => {
    const { sent, offers, ack, events, shown } = setUp();
    ack();
    offers.redeemed();
    expect(sent).toHaveLength(2);
    expect(events.at(-1)).toEqual({ kind: "code_used" });
    ack();
    expect(new Set(shown()).size).toBe(2);
  });

  it("are renewed a little before they expire", () => {
    const { sent, ack, clock } = setUp();
    ack();
    clock.advance(109_999);
    expect(sent).toHaveLength(1);
    clock.advance(1);
    expect(sent).toHaveLength(2);
    expect(sent[1]?.code).not.toBe(sent[0]?.code);
  });

  it("live as long as the relay says, when that is shorter and plausible", () => {
    for (const [says, lives] of [
      [60_000, 60_000],
      [118_999, 118_999],
      [119_000, 120_000],
      [5_000, 5_000],
      [4_000, 120_000],
      [-3_600_000, 120_000],
      [3_600_000, 120_000],
    ] as const) {
      const { ack, events } = setUp();
      ack(says);
      expect(events).toEqual([{ kind: "code", code: expect.any(String), lifetimeMs: lives }]);
    }
  });

  it("are offered again, ever more slowly, when the relay refuses them or says nothing", () => {
    const { refuse, clock, sent, events } = setUp();
    refuse();
    clock.advance(1_000);
    expect(sent).toHaveLength(2);
    clock.advance(10_000);
    expect(events).toEqual([
      { kind: "code_refused", error: "code_required", retryMs: 1_000 },
      { kind: "code_refused", error: "no_answer", retryMs: 2_000 },
    ]);
    for (let i = 0; i < 10; i += 1) {
      clock.advance(clock.waiting()[0] ?? 0);
      refuse();
    }
    expect(events.at(-1)).toMatchObject({ retryMs: 30_000 });
  });

  it("are the fixed one, again and again, when there is one", () => {
    const { sent, ack, offers, clock, shown } = setUp({ fixedCode: "deadbeef" });
    ack();
    offers.redeemed();
    ack();
    clock.advance(110_000);
    ack();
    expect(sent.map(({ code }) => code)).toEqual(["deadbeef", "deadbeef", "deadbeef"]);
    expect(shown()).toEqual(["deadbeef", "deadbeef", "deadbeef"]);
  });

  it("count as used at an old relay's first request after an offer", () => {
    const { sent, ack, offers } = setUp();
    offers.requestArrived();
    ack(undefined, false);
    offers.requestArrived();
    offers.requestArrived();
    expect(sent).toHaveLength(2);
  });

  it("do not, at a relay that tells", () => {
    const { sent, ack, offers } = setUp();
    ack();
    offers.requestArrived();
    expect(sent).toHaveLength(1);
    const silent = setUp();
    silent.ack(undefined, false);
    silent.offers.redeemed();
    silent.ack(undefined, false);
    silent.offers.requestArrived();
    expect(silent.sent).toHaveLength(2);
  });

  it("come ever more slowly to a relay that uses them up in a loop", () => {
    const { clock, sent, ack, offers } = setUp();
    const start = clock.now();
    for (let i = 0; i < 20; i += 1) {
      ack();
      offers.redeemed();
      if (sent.length === i + 1) clock.advance(clock.waiting()[0] ?? 0);
    }
    expect(sent).toHaveLength(21);
    expect(clock.now() - start).toBeGreaterThan(300_000);
  });

  it("do not listen to acknowledgements and redemptions of nothing", () => {
    const { sent, events, offers, ack } = setUp();
    offers.redeemed();
    ack();
    ack();
    offers.redeemed();
    offers.redeemed();
    expect(sent).toHaveLength(2);
    expect(events.map(({ kind }) => kind)).toEqual(["code", "code_used"]);
  });

  it("end with the connection", () => {
    const { clock, sent, offers, ack, events } = setUp();
    ack();
    offers.stop();
    offers.redeemed();
    clock.advance(1_000_000);
    expect(sent).toHaveLength(1);
    expect(events).toHaveLength(1);
    expect(clock.waiting()).toEqual([]);
  });
});

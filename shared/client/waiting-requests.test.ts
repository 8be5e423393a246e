import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RelayError } from "./relay-error.ts";
import { head, listener, SessionDesk } from "./testing/session-desk.ts";

let desk: SessionDesk;
beforeEach(() => {
  desk = new SessionDesk();
});
afterEach(() => desk.session.close());

describe("a request that finds no connection", () => {
  it("waits for one", async () => {
    desk.session.start();
    const waiting = desk.session.open(head, listener);
    const channel = await desk.open();
    expect(await waiting).toMatchObject({ of: channel });
  });

  it("waits so long and no longer, and is told what is wrong", async () => {
    desk.session.start();
    await desk.refuse({ code: "node_offline" });
    const waiting = desk.session.open(head, listener, { waitMs: 3_000 });
    const outcome = waiting.catch((error: unknown) => error);
    desk.clock.advance(2_999);
    expect(await Promise.race([outcome, "waiting"])).toBe("waiting");
    desk.clock.advance(1);
    const error = await outcome;
    expect(error).toBeInstanceOf(RelayError);
    expect(error).toMatchObject({ code: "node_offline", hop: "relay-node" });
  });

  it("causes an attempt when the last one is not recent, and none against the relay's wish", async () => {
    desk.session.start();
    for (let round = 0; round < 6; round += 1) {
      await desk.refuse({ code: "node_offline" });
      if (round < 5) desk.clock.advance(desk.clock.nextMs ?? 0);
    }
    const early = desk.session.open(head, listener);
    expect(desk.pending).toHaveLength(0);
    desk.clock.advance(2_000);
    const later = desk.session.open(head, listener);
    expect(desk.pending).toHaveLength(1);
    await desk.refuse({ code: "rate_limited", retryMs: 60_000 });
    desk.clock.advance(5_000);
    expect(desk.session.tryOpen(head, listener)).toBeUndefined();
    expect(desk.pending).toHaveLength(0);
    desk.session.close();
    await expect(Promise.all([early, later])).rejects.toMatchObject({ code: "closed" });
    await later.catch(() => undefined);
  });

  it("leaves when its caller does", async () => {
    desk.session.start();
    const abort = new AbortController();
    const waiting = desk.session.open(head, listener, { signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(desk.session.open(head, listener, { signal: abort.signal })).rejects.toThrow("enough");
  });

  it("keeps its place before those who come later, also when there is no room", async () => {
    const channel = await desk.connected();
    channel.refusal = "busy";
    const order: number[] = [];
    const waiting = [1, 2].map((number) =>
      desk.session.open(head, listener).then(() => {
        order.push(number);
      }),
    );
    channel.refusal = undefined;
    expect(desk.session.tryOpen(head, listener)).toBeUndefined();
    desk.session.released();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2]);
    expect(desk.session.tryOpen(head, listener)).toBeDefined();
  });

  it("finds room that nobody announced", async () => {
    const channel = await desk.connected();
    channel.refusal = "busy";
    const waiting = desk.session.open(head, listener);
    desk.clock.advance(25);
    channel.refusal = undefined;
    desk.clock.advance(25);
    expect(await waiting).toBeDefined();
  });

  it("is turned away at once when a thousand wait already", async () => {
    desk.session.start();
    const waiting = Array.from({ length: 1_024 }, () => desk.session.open(head, listener));
    await expect(desk.session.open(head, listener)).rejects.toMatchObject({ code: "refused" });
    desk.session.close();
    for (const outcome of await Promise.allSettled(waiting)) expect(outcome.status).toBe("rejected");
  });
});

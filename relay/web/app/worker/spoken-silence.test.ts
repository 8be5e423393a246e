import { describe, expect, it } from "vitest";
import { SILENCE_MS, spokenSilence } from "./spoken-silence.ts";

/** A stream whose source and whose time the test holds. */
function start() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let cancelled: unknown;
  let tick: (() => void) | undefined;
  let delay = 0;
  const source = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: (reason) => {
      cancelled = reason;
    },
  });
  const stream = spokenSilence(source, {
    every: (delayMs, run) => {
      delay = delayMs;
      tick = run;
      return () => {
        tick = undefined;
      };
    },
  });
  const reader = stream.getReader();
  return {
    reader,
    delay: () => delay,
    isTicking: () => tick !== undefined,
    tick: () => tick?.(),
    say: (text: string) => controller?.enqueue(new TextEncoder().encode(text)),
    end: () => controller?.close(),
    fail: (error: Error) => controller?.error(error),
    cancelled: () => cancelled,
    next: async () => {
      const { value } = await reader.read();
      return value === undefined ? undefined : new TextDecoder("utf-8", { ignoreBOM: true }).decode(value);
    },
  };
}

describe("events that are silent", () => {
  it.each(["data: 1\n\n", "data: 1\r\n\r\n", "data: 1\n\r\n", ": x\n\n"])(
    "get a comment after a whole event: %j",
    async (event) => {
      const { say, next, tick, delay } = start();
      expect(delay()).toBe(SILENCE_MS);
      say(event);
      expect(await next()).toBe(event);
      const following = next();
      tick();
      tick();
      expect(await following).toBe(":\n\n");
    },
  );

  it.each(["data: 1", "data: 1\n", "data: 1\r\n", "data: 1\r", "data: 1\r\r", "data: 1\r\n\r"])(
    "get none where an event is not over: %j",
    async (part) => {
      const { say, next, tick } = start();
      say(part);
      expect(await next()).toBe(part);
      const following = next();
      tick();
      tick();
      say("more");
      expect(await following).toBe("more");
    },
  );

  it("get one before the first event, and then no byte order mark", async () => {
    const { say, next, tick } = start();
    const first = next();
    tick();
    expect(await first).toBe(":\n\n");
    say("\uFEFFdata: 1\n\n");
    expect(await next()).toBe("data: 1\n\n");
    say("\uFEFF");
    expect(await next()).toBe("\uFEFF");
  });

  it("keep a mark that stands where it belongs", async () => {
    const { say, next } = start();
    say("\uFEFFdata: 1\n\n");
    expect(await next()).toBe("\uFEFFdata: 1\n\n");
  });

  it("get none while there was something, nor for a reader that does not read", async () => {
    const { say, next, tick, end } = start();
    say("data: 1\n\n");
    expect(await next()).toBe("data: 1\n\n");
    const following = next();
    tick();
    say("data: 2\n\n");
    expect(await following).toBe("data: 2\n\n");
    tick();
    tick();
    tick();
    expect(await next()).toBe(":\n\n");
    end();
    expect(await next()).toBeUndefined();
  });

  it("end, fail and are cancelled as their source is, and the time with them", async () => {
    const ended = start();
    ended.end();
    expect(await ended.next()).toBeUndefined();
    const failed = start();
    failed.fail(new Error("cut"));
    await expect(failed.next()).rejects.toThrow("cut");
    const cancelled = start();
    await cancelled.reader.cancel("enough");
    expect(cancelled.cancelled()).toBe("enough");
    expect([ended, failed, cancelled].map((each) => each.isTicking())).toEqual([false, false, false]);
  });
});

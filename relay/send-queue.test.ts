import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SendQueue } from "./send-queue.ts";

describe("a send queue", () => {
  it("gives back what went in, in order, and counts it on the way", () => {
    const steps = fc.array(fc.oneof(fc.constant("take" as const), fc.string()), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (all) => {
        const queue = new SendQueue();
        const expected: string[] = [];
        for (const step of all) {
          if (step === "take") expect(queue.take()?.data).toBe(expected.shift());
          else {
            queue.push({ data: step, isBinary: false });
            expected.push(step);
          }
          expect(queue.length).toBe(expected.length);
          expect(queue.bytes).toBe(Buffer.byteLength(expected.join("")));
        }
      }),
    );
  });

  it("stays in order over many more than it keeps slots for", () => {
    const queue = new SendQueue();
    for (let i = 0; i < 5_000; i++) queue.push({ data: String(i), isBinary: false });
    for (let i = 0; i < 4_000; i++) expect(queue.take()?.data).toBe(String(i));
    queue.push({ data: "last", isBinary: true });
    for (let i = 4_000; i < 5_000; i++) expect(queue.take()?.data).toBe(String(i));
    expect([queue.take()?.data, queue.take(), queue.bytes]).toEqual(["last", undefined, 0]);
  });

  it("is empty once cleared", () => {
    const queue = new SendQueue();
    queue.push({ data: new Uint8Array(5), isBinary: true });
    queue.clear();
    expect([queue.length, queue.bytes, queue.take()]).toEqual([0, 0, undefined]);
  });
});

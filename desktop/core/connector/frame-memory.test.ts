import { describe, expect, it } from "vitest";
import { FrameMemory } from "./frame-memory.ts";

const LARGE = 63_505;

describe("memory for frames", () => {
  it("has the length that was asked for, and begins where it was asked to", () => {
    const memory = new FrameMemory();
    for (const bytes of [1, 16_384, 16_385, LARGE, 66 * 1024, 200_000]) {
      const frame = memory.take(bytes, 3);
      expect(frame.length).toBe(bytes);
      expect(frame.byteOffset % 4).toBe(3);
    }
  });

  it("is used again once it was given back, and not before", () => {
    const memory = new FrameMemory();
    const first = memory.take(LARGE);
    const second = memory.take(LARGE);
    expect(second.buffer).not.toBe(first.buffer);
    memory.giveBack(first);
    expect(memory.take(LARGE).buffer).toBe(first.buffer);
    expect(memory.take(LARGE).buffer).not.toBe(first.buffer);
  });

  it("tells its own blocks from all other memory", () => {
    const memory = new FrameMemory();
    expect(memory.isBlock(memory.take(LARGE))).toBe(true);
    expect(memory.isBlock(memory.take(100))).toBe(false);
    expect(memory.isBlock(new FrameMemory().take(LARGE))).toBe(false);
  });

  it("does not take in what is not its own", () => {
    const memory = new FrameMemory();
    const foreign = new FrameMemory().take(LARGE);
    memory.giveBack(foreign);
    expect(memory.take(LARGE).buffer).not.toBe(foreign.buffer);
  });

  it("keeps a few blocks, however many were out", () => {
    const memory = new FrameMemory();
    const out = Array.from({ length: 9 }, () => memory.take(LARGE));
    for (const frame of out) memory.giveBack(frame);
    const again = new Set(Array.from({ length: 9 }, () => memory.take(LARGE).buffer));
    expect(out.filter(({ buffer }) => again.has(buffer))).toHaveLength(8);
  });
});

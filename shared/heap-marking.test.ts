import { describe, expect, it } from "vitest";
import { markSmallHeapAtOnce, SMALL_HEAP_BYTES } from "./heap-marking.ts";

function setUp() {
  const flags: string[] = [];
  const heap = { used_heap_size: 1 };
  let look: (() => void) | undefined;
  markSmallHeapAtOnce({
    v8: { setFlagsFromString: (text) => flags.push(text), getHeapStatistics: () => heap },
    every: (_, run) => {
      look = run;
      return () => {
        look = undefined;
      };
    },
  });
  return { flags, heap, look: () => look?.(), isLooking: () => look !== undefined };
}

describe("how a heap is marked", () => {
  it("is at once, from the start and as long as it is small", () => {
    const { flags, heap, look, isLooking } = setUp();
    heap.used_heap_size = SMALL_HEAP_BYTES;
    look();
    expect(flags).toEqual(["--no-incremental-marking"]);
    expect(isLooking()).toBe(true);
  });

  it("is V8's own way for good once it is large", () => {
    const { flags, heap, look, isLooking } = setUp();
    heap.used_heap_size = SMALL_HEAP_BYTES + 1;
    look();
    expect(flags).toEqual(["--no-incremental-marking", "--incremental-marking"]);
    expect(isLooking()).toBe(false);
  });
});

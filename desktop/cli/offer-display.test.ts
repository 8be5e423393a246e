import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type OfferingNode, offerDisplay, SETTLE_MS } from "./offer-display.ts";
import { CHECKOUT_NAMES } from "./program-names.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what is on offer", () => {
  it("and cannot be shown does not end the program, nor show what it is", async () => {
    const lines: string[] = [];
    const broken: OfferingNode = {
      get offerView(): never {
        throw new RangeError("https://relay.example/#P2.secret");
      },
      pairingLink: undefined,
      relayOrigin: "https://relay.example",
    };
    const display = offerDisplay({
      print: (line) => lines.push(line),
      log: (line) => lines.push(line),
      now: () => 0,
      node: () => broken,
      isHeld: () => false,
      qr: "none",
      names: CHECKOUT_NAMES,
    });
    display.changed();
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    expect(lines).toEqual(["what is on offer could not be shown: RangeError"]);
  });
});

import { expect, it } from "vitest";
import { checkNumber } from "./check-number.ts";
import { NATIVE_BACKEND, NOBLE_BACKEND } from "./testing/backends.ts";

it("a check number is four digits, the same on both backends", () => {
  for (let byte = 0; byte < 256; byte++) {
    const hash = new Uint8Array(32).fill(byte);
    const number = checkNumber(NOBLE_BACKEND.sha256, hash);
    expect(number).toMatch(/^[0-9]{4}$/);
    expect(checkNumber(NATIVE_BACKEND.sha256, hash)).toBe(number);
  }
});

it("a check number is read big-endian from the digest's first six bytes and keeps its leading zeros", () => {
  const digestOf =
    (...start: number[]) =>
    () =>
      Uint8Array.of(...start, ...new Uint8Array(32 - start.length).fill(255));
  const hash = new Uint8Array(32);
  expect(checkNumber(digestOf(0, 0, 0, 0, 0, 7), hash)).toBe("0007");
  expect(checkNumber(digestOf(0, 0, 0, 0, 0x30, 0x39), hash)).toBe("2345");
  // 2^48 - 1 = 281474976710655
  expect(checkNumber(digestOf(255, 255, 255, 255, 255, 255), hash)).toBe("0655");
});

it("a check number follows the handshake hash", () => {
  const numbers = Array.from({ length: 64 }, (_, byte) =>
    checkNumber(NATIVE_BACKEND.sha256, new Uint8Array(32).fill(byte)),
  );
  expect(new Set(numbers).size).toBeGreaterThan(50);
});

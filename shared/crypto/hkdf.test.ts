import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "./testing/backends.ts";

const sequence = (from: number, count: number) =>
  Uint8Array.from({ length: count }, (_, index) => from + index);

describe.each(BACKENDS)("HKDF-SHA256 on the $name backend", ({ backend }) => {
  it("gives the output of RFC 5869, test case 1", () => {
    const output = backend.hkdfSha256({
      secret: new Uint8Array(22).fill(0x0b),
      salt: sequence(0, 13),
      info: sequence(0xf0, 10),
      length: 42,
    });
    expect(bytesToHex(output)).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });

  it("gives the output of RFC 5869, test case 3: no salt, no info", () => {
    const empty = new Uint8Array(0);
    const output = backend.hkdfSha256({
      secret: new Uint8Array(22).fill(0x0b),
      salt: empty,
      info: empty,
      length: 42,
    });
    expect(output).toEqual(
      hexToBytes("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
    );
  });

  it("gives up to 8160 bytes and no more", () => {
    const input = { secret: sequence(0, 32), salt: sequence(0, 32), info: sequence(0, 1) };
    expect(backend.hkdfSha256({ ...input, length: 8160 }).length).toBe(8160);
    expect(() => backend.hkdfSha256({ ...input, length: 8161 })).toThrow("8160");
  });
});

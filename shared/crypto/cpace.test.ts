import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpaceGenerator, cpaceSessionKey, lvCat, multiplyVerified, startCpace } from "./cpace.ts";
import { BACKENDS, NATIVE_BACKEND } from "./testing/backends.ts";
import vectors from "./testing/vectors.json" with { type: "json" };

const { G_Coffee25519: run, G_Coffee25519_points: points } = vectors.cpace;
const scalar = (littleEndian: string) => BigInt(`0x${bytesToHex(hexToBytes(littleEndian).reverse())}`);
const upperHex = (bytes: Uint8Array | undefined) => bytes && bytesToHex(bytes).toUpperCase();

describe.each(BACKENDS)("CPaceRistretto255 on the $name backend", ({ backend }) => {
  const inputs = { secret: hexToBytes(run.PRS), channelId: hexToBytes(run.CI), sid: hexToBytes(run.sid) };

  it("derives the generator of the draft's vectors", () => {
    expect(upperHex(cpaceGenerator(inputs).toBytes())).toBe(run.g);
  });

  it("gives the shares, the shared point and the session key of the draft's vectors", () => {
    const generator = cpaceGenerator(inputs).toBytes();
    const shareA = multiplyVerified(generator, scalar(run.ya));
    const shareB = multiplyVerified(generator, scalar(run.yb));
    expect([upperHex(shareA), upperHex(shareB)]).toEqual([run.Ya, run.Yb]);
    const shared = multiplyVerified(hexToBytes(run.Yb), scalar(run.ya));
    expect(upperHex(shared)).toBe(run.K);
    expect(upperHex(multiplyVerified(hexToBytes(run.Ya), scalar(run.yb)))).toBe(run.K);
    const key = cpaceSessionKey({
      sid: inputs.sid,
      shared: hexToBytes(run.K),
      initiator: { share: hexToBytes(run.Ya), associatedData: hexToBytes(run.ADa) },
      responder: { share: hexToBytes(run.Yb), associatedData: hexToBytes(run.ADb) },
    });
    expect(upperHex(key)).toBe(run.ISK_IR);
  });

  it("multiplies the draft's valid point and refuses its invalid ones", () => {
    const s = scalar(points.Valid.s);
    expect(upperHex(multiplyVerified(hexToBytes(points.Valid.X), s))).toBe(
      points.Valid["G.scalar_mult_vfy(s,X)"],
    );
    expect(multiplyVerified(hexToBytes(points["Invalid Y1"]), s)).toBeUndefined();
    expect(multiplyVerified(hexToBytes(points["Invalid Y2"]), s)).toBeUndefined();
    const own = startCpace(backend, inputs);
    expect(own.combine(hexToBytes(points["Invalid Y1"]))).toBeUndefined();
    expect(own.combine(hexToBytes(points["Invalid Y2"]))).toBeUndefined();
    expect(own.combine(hexToBytes(points.Valid.X).subarray(1))).toBeUndefined();
  });

  it("agrees on a point when secret, channel and session are the same, and only then", () => {
    const ours = startCpace(backend, inputs);
    const theirs = startCpace(backend, inputs);
    const shared = ours.combine(theirs.share);
    expect(shared).toBeDefined();
    expect(theirs.combine(ours.share)).toEqual(shared);
    for (const change of ["secret", "channelId", "sid"] as const) {
      const other = startCpace(backend, { ...inputs, [change]: utf8ToBytes("something else") });
      expect(other.combine(ours.share)).not.toEqual(ours.combine(other.share));
    }
  });
});

describe("lv_cat", () => {
  it("writes lengths as LEB128", () => {
    expect(lvCat(utf8ToBytes("1234"), utf8ToBytes("5"), new Uint8Array(0))).toEqual(
      hexToBytes("0431323334013500"),
    );
    expect(lvCat(new Uint8Array(127)).subarray(0, 2)).toEqual(Uint8Array.of(0x7f, 0));
    expect(lvCat(new Uint8Array(128)).subarray(0, 3)).toEqual(Uint8Array.of(0x80, 1, 0));
    expect(lvCat(new Uint8Array(300)).subarray(0, 3)).toEqual(Uint8Array.of(0xac, 2, 0));
  });

  it("gives different bytes for different lists", () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        const same = JSON.stringify(left) === JSON.stringify(right);
        expect(bytesToHex(lvCat(...left)) === bytesToHex(lvCat(...right))).toBe(same);
      }),
    );
  });
});

it("any 32 bytes are either a point or refused", () => {
  const share = startCpace(NATIVE_BACKEND, {
    secret: utf8ToBytes("0119"),
    channelId: new Uint8Array(0),
    sid: new Uint8Array(16),
  });
  const any = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(any, (bytes) => {
      const shared = share.combine(bytes);
      if (shared !== undefined) expect(bytes.length).toBe(32);
    }),
    { numRuns: 50 },
  );
});

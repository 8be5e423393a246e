import { describe, expect, it } from "vitest";
import { decodeNodeProof } from "#shared/protocol/v2/decode-from-node.ts";
import { MAX_AUTH_NOISE_BYTES } from "#shared/protocol/v2/limits.ts";
import { MAX_ENROLL_KEY_LENGTH, MIN_ENROLL_KEY_LENGTH, parseEnrollKey } from "./enroll-key.ts";

describe("an enrolment key", () => {
  it("has a shortest and a longest form", () => {
    for (const length of [MIN_ENROLL_KEY_LENGTH, MAX_ENROLL_KEY_LENGTH]) {
      expect(parseEnrollKey("k".repeat(length))).toBe("k".repeat(length));
    }
    for (const length of [MIN_ENROLL_KEY_LENGTH - 1, MAX_ENROLL_KEY_LENGTH + 1]) {
      expect(parseEnrollKey("k".repeat(length))).toBeUndefined();
    }
  });

  it("is one line of any characters", () => {
    expect(parseEnrollKey("ein langer Schlüssel 🔑")).toBe("ein langer Schlüssel 🔑");
    for (const odd of ["\n", "\0", "\u007f", "\ud83d"]) {
      expect(parseEnrollKey(`0123456789abcdef${odd}`)).toBeUndefined();
    }
  });

  it.each(['"', "\\", "ü", "鍵", "🔑"])("made of %s fits a proof, and comes out of it", (character) => {
    const enroll = character.repeat(MAX_ENROLL_KEY_LENGTH / character.length);
    expect(parseEnrollKey(enroll)).toBe(enroll);
    const proof = { host: `${"h".repeat(253)}:65535`, agent: "a".repeat(100), epoch: 1, enroll };
    const text = JSON.stringify(proof);
    expect(Buffer.byteLength(text)).toBeLessThan(MAX_AUTH_NOISE_BYTES - 16);
    expect(decodeNodeProof(text)).toEqual(proof);
  });
});

import { describe, expect, it } from "vitest";
import { CipherState, MAX_MESSAGES_PER_KEY } from "./cipher-state.ts";
import { BACKENDS } from "./testing/backends.ts";

describe.each(BACKENDS)("a cipher state on the $name backend", ({ backend }) => {
  const key = new Uint8Array(32).fill(5);
  const cipher = (count?: number) => new CipherState(backend.chacha20poly1305, key, count);
  const seal = (state: CipherState, text: Uint8Array) => {
    const sealed = new Uint8Array(text.length + 16);
    state.seal(text, sealed);
    return sealed;
  };

  it("opens what the same key sealed, in order", () => {
    const [sender, receiver] = [cipher(), cipher()];
    for (const byte of [1, 2, 3])
      expect(receiver.open(seal(sender, Uint8Array.of(byte)))).toEqual(Uint8Array.of(byte));
  });

  it("opens nothing more after one failure, not even what was due", () => {
    const [sender, receiver] = [cipher(), cipher()];
    const first = seal(sender, Uint8Array.of(1));
    const second = seal(sender, Uint8Array.of(2));
    expect(receiver.open(second)).toBeUndefined();
    expect(receiver.open(first)).toBeUndefined();

    // The counter has moved past the failure, so only being dead keeps the next message out.
    const other = cipher();
    expect(other.open(new Uint8Array(17))).toBeUndefined();
    expect(other.open(second)).toBeUndefined();
  });

  it("processes 2^32 messages under one key and not one more", () => {
    const last = MAX_MESSAGES_PER_KEY - 1;
    const [sender, receiver] = [cipher(last), cipher(last)];
    expect(sender.exhausted).toBe(false);
    expect(receiver.open(seal(sender, Uint8Array.of(9)))).toEqual(Uint8Array.of(9));
    expect(sender.exhausted).toBe(true);
    expect(() => seal(sender, Uint8Array.of(9))).toThrow("as much as it may");
    expect(receiver.open(new Uint8Array(17))).toBeUndefined();
  });

  it("puts the counter little-endian behind four zero bytes", () => {
    const sealed = seal(cipher(0x01020304), Uint8Array.of(7));
    const nonce = Uint8Array.of(0, 0, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0);
    const opened = backend.chacha20poly1305.open({ key, nonce, associatedData: new Uint8Array(0) }, sealed);
    expect(opened).toEqual(Uint8Array.of(7));
  });
});

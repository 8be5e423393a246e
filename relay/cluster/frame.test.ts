import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeClose, encodeClose } from "./close-words.ts";
import { decodeFrame, FRAME, HEADER_BYTES, nextNumber, numberFrame, startFrame } from "./frame.ts";
import { decodeHolderQuestion } from "./hello.ts";
import { decodeWords } from "./words.ts";

describe("a frame of a link", () => {
  it("is on the bus as it is written down", () => {
    const frame = startFrame(FRAME.TEXT, 2, { from: 0x0102_0304_0506, link: 7, fromNear: true, more: true });
    frame.write("hi", HEADER_BYTES);
    numberFrame(frame, 258);
    expect(frame.toString("hex")).toBe(
      `01030102030405060000000700000102${Buffer.from("hi").toString("hex")}`,
    );
  });

  it("comes back as it went", () => {
    const fields = fc.record({
      type: fc.constantFrom(...Object.values(FRAME)),
      from: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      link: fc.integer({ min: 0, max: 0xffff_ffff }),
      sequence: fc.integer({ min: 0, max: 0xffff_ffff }),
      fromNear: fc.boolean(),
      more: fc.boolean(),
      payload: fc.uint8Array({ maxLength: 64 }),
    });
    fc.assert(
      fc.property(fields, ({ type, sequence, payload, ...rest }) => {
        const frame = startFrame(type, payload.length, rest);
        frame.set(payload, HEADER_BYTES);
        numberFrame(frame, sequence);
        expect(decodeFrame(frame)).toEqual({ type, sequence, ...rest, payload: Buffer.from(payload) });
      }),
    );
  });

  it("is nothing when it is too short or of no known type, and never throws", () => {
    for (const type of [0, 11, 255]) {
      const frame = startFrame(FRAME.END, 0, { from: 1, link: 1, fromNear: false });
      frame[0] = type;
      expect(decodeFrame(frame)).toBeUndefined();
    }
    expect(decodeFrame(Buffer.alloc(HEADER_BYTES - 1, 1))).toBeUndefined();
    expect(decodeFrame(Buffer.alloc(HEADER_BYTES, 1))).toBeDefined();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void decodeFrame(Buffer.from(bytes))));
  });

  it("has numbers that go round", () => {
    expect([nextNumber(0), nextNumber(0xffff_ffff)]).toEqual([1, 0]);
  });
});

describe("how a link was ended", () => {
  it("comes back as it went, with a reason that a WebSocket takes", () => {
    expect(decodeClose(encodeClose(4413, "reads_too_slowly"))).toEqual({
      code: 4413,
      reason: "reads_too_slowly",
    });
    expect(decodeClose(encodeClose(1000, "x".repeat(500)))).toEqual({ code: 1000, reason: "x".repeat(123) });
  });

  it("is a close that a WebSocket may send, whatever came", () => {
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000]) {
      expect(decodeClose(encodeClose(code, "why")).code).toBe(1001);
    }
    for (const code of [1000, 1014, 3000, 4999]) expect(decodeClose(encodeClose(code, "")).code).toBe(code);
    expect(decodeClose(Buffer.from([0x11]))).toEqual({ code: 1001, reason: "" });
    expect(decodeClose(Buffer.from([0x11, 0x30, 0xff]))).toEqual({ code: 4400, reason: "" });
    expect(decodeClose(Buffer.concat([Buffer.from([0x11, 0x30]), Buffer.alloc(124, 97)])).reason).toBe("");
  });
});

describe("what a holder is asked", () => {
  const open = { from: "0000000000ff", link: 3, open: { kind: "v2_client", address: "::1" } };

  it("is a question, or a client to be taken over", () => {
    expect(decodeHolderQuestion({ ask: { want: "epoch" } })).toEqual({
      is: "question",
      question: { want: "epoch" },
    });
    expect(decodeHolderQuestion(open)).toEqual({ is: "open", from: 255, link: 3, hello: open.open });
    const session = "a".repeat(64);
    expect(
      decodeHolderQuestion({ ...open, open: { kind: "v1_client", address: "", session } }),
    ).toMatchObject({ hello: { kind: "v1_client", address: "", session } });
  });

  it("is nothing when anything in it is not what it should be", () => {
    const wrong = [
      { ...open, from: "ff" },
      { ...open, link: 0 },
      { ...open, link: 1.5 },
      { ...open, link: 2 ** 32 },
      { ...open, open: { ...open.open, kind: "node" } },
      { ...open, open: { ...open.open, address: "somebody" } },
      { ...open, open: { ...open.open, address: `fe80::1%${"x".repeat(64)}` } },
      { ...open, open: { ...open.open, session: "short" } },
      null,
      [],
      "text",
      {},
    ];
    for (const words of wrong) expect(decodeHolderQuestion(words)).toBeUndefined();
    fc.assert(fc.property(fc.anything(), (words) => void decodeHolderQuestion(words)));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeWords(bytes)));
  });
});

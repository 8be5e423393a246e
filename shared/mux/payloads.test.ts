import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { channelCloseCode } from "./channel-close.ts";
import { MAX_PAYLOAD_BYTES } from "./inner-frame.ts";
import { MuxError } from "./mux-error.ts";
import {
  decodeControl,
  decodeReset,
  decodeWindow,
  decodeWsClose,
  decodeWsFlags,
  encodeControl,
  encodeReset,
  encodeWindow,
  encodeWsClose,
  MAX_REASON_BYTES,
} from "./payloads.ts";
import { type ResetCode, resetCode, resetNumber } from "./reset-codes.ts";

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MuxError) return error.code;
    throw error;
  }
  return "none";
}

describe("RESET", () => {
  it("carries code and reason", () => {
    expect([...encodeReset("timeout", "é")]).toEqual([0, 6, 0xc3, 0xa9]);
    expect(decodeReset(encodeReset("denied", "no"))).toEqual({ code: "denied", reason: "no" });
  });

  it("keeps the numbers of its codes", () => {
    const names: ResetCode[] = [
      "done",
      "refused",
      "cancelled",
      "truncated",
      "internal",
      "protocol",
      "timeout",
      "too_large",
      "unreachable",
      "denied",
    ];
    expect(names.map(resetNumber)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(names.map((_, number) => resetCode(number))).toEqual(names);
    expect(resetCode(10)).toBe("internal");
    expect(resetCode(65_535)).toBe("internal");
  });

  it("cuts its own reason between characters and refuses a longer one", () => {
    const { reason } = decodeReset(encodeReset("internal", `x${"é".repeat(600)}`));
    expect(reason).toBe(`x${"é".repeat(511)}`);
    expect(codeOf(() => decodeReset(new Uint8Array(2 + MAX_REASON_BYTES)))).toBe("none");
    expect(codeOf(() => decodeReset(new Uint8Array(3 + MAX_REASON_BYTES)))).toBe("protocol");
    expect(codeOf(() => decodeReset(new Uint8Array(1)))).toBe("protocol");
    expect(codeOf(() => decodeReset(new Uint8Array([0, 1, 0xff])))).toBe("protocol");
  });
});

describe("WINDOW", () => {
  it("is four bytes above zero", () => {
    expect(decodeWindow(encodeWindow(0xffffffff))).toBe(0xffffffff);
    expect(decodeWindow(encodeWindow(1))).toBe(1);
    for (const length of [0, 3, 4, 5])
      expect(codeOf(() => decodeWindow(new Uint8Array(length)))).toBe("protocol");
  });
});

describe("WS", () => {
  it("knows seven combinations of flags", () => {
    const good = Array.from({ length: 256 }, (_, flags) => flags).filter(
      (flags) => codeOf(() => decodeWsFlags(new Uint8Array([flags]))) === "none",
    );
    expect(good).toEqual([0, 1, 2, 4, 5, 6, 8]);
    expect(codeOf(() => decodeWsFlags(new Uint8Array(0)))).toBe("protocol");
  });

  it("closes with a code and a short reason", () => {
    expect([...encodeWsClose(1000, "ok")]).toEqual([0x03, 0xe8, 0x6f, 0x6b]);
    expect(decodeWsClose(encodeWsClose(4999, "bye"))).toEqual({ code: 4999, reason: "bye" });
    expect(codeOf(() => encodeWsClose(1000, "x".repeat(123)))).toBe("none");
    expect(codeOf(() => encodeWsClose(1000, "x".repeat(124)))).toBe("message_too_large");
    expect(codeOf(() => encodeWsClose(999, ""))).toBe("wrong_state");
    expect(codeOf(() => decodeWsClose(new Uint8Array([3])))).toBe("protocol");
    expect(codeOf(() => decodeWsClose(new Uint8Array([0, 1])))).toBe("protocol");
    const long = (bytes: number) => new Uint8Array(2 + bytes).fill(0x20).fill(4, 0, 1);
    expect(codeOf(() => decodeWsClose(long(123)))).toBe("none");
    expect(codeOf(() => decodeWsClose(long(124)))).toBe("protocol");
  });
});

describe("CONTROL", () => {
  it("is a JSON object with a type", () => {
    expect(decodeControl(encodeControl({ type: "hello", features: [] }))).toEqual({
      type: "hello",
      features: [],
    });
    for (const json of ["null", "[]", "1", "{}", '{"type":1}', "{", '"x"']) {
      expect(codeOf(() => decodeControl(new TextEncoder().encode(json)))).toBe("protocol");
    }
  });

  it("fits a record", () => {
    const overhead = encodeControl({ type: "x", pad: "" }).length;
    const sized = (bytes: number) => ({ type: "x", pad: "a".repeat(bytes - overhead) });
    expect(encodeControl(sized(MAX_PAYLOAD_BYTES))).toHaveLength(MAX_PAYLOAD_BYTES);
    expect(codeOf(() => encodeControl(sized(MAX_PAYLOAD_BYTES + 1)))).toBe("message_too_large");
  });

  it("closes with a known code, and a future one counts as internal", () => {
    expect(channelCloseCode("revoked")).toBe("revoked");
    expect(channelCloseCode("later")).toBe("internal");
    expect(channelCloseCode(7)).toBe("internal");
  });
});

it("no payload crashes a decoder", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
      for (const decode of [decodeReset, decodeWindow, decodeWsFlags, decodeWsClose, decodeControl]) {
        expect(["none", "protocol"]).toContain(codeOf(() => decode(payload)));
      }
    }),
  );
});

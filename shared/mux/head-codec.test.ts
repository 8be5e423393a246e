import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeEnd,
  decodeRequest,
  decodeResponse,
  encodeEnd,
  encodeRequest,
  encodeResponse,
  MAX_HEADER_BYTES,
  MAX_HEADERS,
  MAX_PATH_BYTES,
} from "./head-codec.ts";
import type { HeaderPairs, RequestHead, ResponseHead } from "./heads.ts";
import { MuxError } from "./mux-error.ts";

const bytes = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
const text = (payload: Uint8Array) => new TextDecoder().decode(payload);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MuxError) return error.code;
    throw error;
  }
  return "none";
}

const get: RequestHead = { method: "GET", path: "/", headers: [] };

describe("heads", () => {
  it("have the JSON that the protocol document shows", () => {
    const request: RequestHead = { method: "POST", path: "/a?b=c", headers: [["accept", "*/*"]], end: true };
    expect(text(encodeRequest(request))).toBe(
      '{"method":"POST","path":"/a?b=c","headers":[["accept","*/*"]],"end":true}',
    );
    const response: ResponseHead = {
      status: 200,
      headers: [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ],
    };
    expect(text(encodeResponse(response))).toBe(
      '{"status":200,"headers":[["set-cookie","a=1"],["set-cookie","b=2"]]}',
    );
    expect(encodeEnd(undefined)).toHaveLength(0);
    expect(text(encodeEnd([["etag", "x"]]))).toBe('{"trailers":[["etag","x"]]}');
  });

  it("survive the way there and back, latin-1 included", () => {
    const latin1 = fc
      .string({
        unit: fc.integer({ min: 0x20, max: 0xff }).map((n) => String.fromCharCode(n)),
        maxLength: 50,
      })
      .filter((value) => !/[\x7f]/.test(value));
    const headers = fc.array(fc.tuple(fc.stringMatching(/^[a-zA-Z-]{1,12}$/), latin1), { maxLength: 20 });
    fc.assert(
      fc.property(headers, fc.integer({ min: 200, max: 999 }), fc.boolean(), (pairs, status, end) => {
        const request = { ...get, headers: pairs, ...(end && { end }) };
        expect(decodeRequest(encodeRequest(request))).toEqual(request);
        const response = { status, headers: pairs, ...(end && { end }) };
        expect(decodeResponse(encodeResponse(response))).toEqual(response);
        expect(decodeEnd(encodeEnd(pairs))).toEqual(pairs.length === 0 ? undefined : pairs);
      }),
    );
  });

  it("ignore fields they do not know and drop false flags", () => {
    expect(decodeRequest(bytes({ ...get, end: false, future: [1] }))).toEqual(get);
    expect(decodeResponse(bytes({ status: 204, headers: [], end: false, x: null }))).toEqual({
      status: 204,
      headers: [],
    });
    expect(decodeEnd(bytes({ future: true }))).toBeUndefined();
  });

  it("of a wrong shape are a protocol error", () => {
    const requests: unknown[] = [
      null,
      [],
      "GET",
      {},
      { ...get, method: "G T" },
      { ...get, method: "" },
      { ...get, method: 1 },
      { ...get, path: "" },
      { ...get, path: "/a b" },
      { ...get, path: "/\r\n" },
      { ...get, path: "/\u0100" },
      { ...get, headers: {} },
      { ...get, headers: [["a"]] },
      { ...get, headers: [["a", "b", "c"]] },
      { ...get, headers: [["a", 1]] },
      { ...get, headers: ["ab"] },
      { ...get, headers: [["", "b"]] },
      { ...get, headers: [["a:", "b"]] },
      { ...get, headers: [["a", "b\r\nc: d"]] },
      { ...get, headers: [["a", "\u0000"]] },
      { ...get, headers: [["a", "\u0100"]] },
      { ...get, end: 1 },
      { ...get, upgrade: "h2c" },
      { ...get, upgrade: "websocket", end: true },
    ];
    for (const json of requests)
      expect([json, codeOf(() => decodeRequest(bytes(json)))]).toEqual([json, "protocol"]);
    for (const status of [100, 103, 199, 1000, 200.5, "200", null, undefined]) {
      expect(codeOf(() => decodeResponse(bytes({ status, headers: [] })))).toBe("protocol");
    }
    expect(codeOf(() => decodeResponse(bytes({ status: 101, headers: [], end: true })))).toBe("protocol");
    expect(codeOf(() => decodeEnd(bytes({ trailers: "x" })))).toBe("protocol");
    expect(codeOf(() => decodeEnd(bytes([])))).toBe("protocol");
  });

  it("that this end could not read it does not send", () => {
    expect(codeOf(() => encodeRequest({ ...get, path: "/a b" }))).toBe("bad_head");
    expect(codeOf(() => encodeResponse({ status: 100, headers: [] }))).toBe("bad_head");
    expect(codeOf(() => encodeResponse({ status: 200, headers: [["a", "b\n"]] }))).toBe("bad_head");
    expect(codeOf(() => encodeEnd([["a b", "c"]]))).toBe("bad_head");
  });

  it("are bounded in number and bytes of headers", () => {
    const many = (count: number): HeaderPairs => Array.from({ length: count }, () => ["a", ""]);
    expect(codeOf(() => encodeRequest({ ...get, headers: many(MAX_HEADERS) }))).toBe("none");
    expect(codeOf(() => encodeRequest({ ...get, headers: many(MAX_HEADERS + 1) }))).toBe("head_too_large");
    expect(codeOf(() => decodeRequest(bytes({ ...get, headers: many(MAX_HEADERS + 1) })))).toBe("protocol");
    const long = (length: number): HeaderPairs => [["a", "x".repeat(length - 1)]];
    expect(codeOf(() => decodeRequest(bytes({ ...get, headers: long(MAX_HEADER_BYTES) })))).toBe("none");
    expect(codeOf(() => decodeRequest(bytes({ ...get, headers: long(MAX_HEADER_BYTES + 1) })))).toBe(
      "protocol",
    );
    expect(codeOf(() => encodeEnd(long(MAX_HEADER_BYTES + 1)))).toBe("head_too_large");
  });

  it("are bounded in method, path and JSON", () => {
    const path = (length: number) => `/${"x".repeat(length - 1)}`;
    expect(codeOf(() => encodeRequest({ ...get, path: path(MAX_PATH_BYTES) }))).toBe("none");
    expect(codeOf(() => encodeRequest({ ...get, path: path(MAX_PATH_BYTES + 1) }))).toBe("head_too_large");
    expect(codeOf(() => encodeRequest({ ...get, method: "M".repeat(32) }))).toBe("none");
    expect(codeOf(() => encodeRequest({ ...get, method: "M".repeat(33) }))).toBe("head_too_large");
    // Quotes double in JSON: within the header limit, but no longer within a record.
    expect(codeOf(() => encodeRequest({ ...get, headers: [["a", '"'.repeat(31_000)]] }))).toBe("none");
    expect(codeOf(() => encodeRequest({ ...get, headers: [["a", '"'.repeat(32_000)]] }))).toBe(
      "head_too_large",
    );
  });

  it("say nothing of what they hold when they fail", () => {
    const secret = "sesame";
    for (const payload of [
      new TextEncoder().encode(`{"path":"/${secret}`),
      bytes({ ...get, path: `/${secret} ` }),
      bytes({ ...get, headers: [[`${secret} `, ""]] }),
    ]) {
      try {
        decodeRequest(payload);
        expect.unreachable();
      } catch (error) {
        expect(String(error)).not.toContain(secret);
      }
    }
  });

  it("never crash on random bytes or JSON", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((json) => new TextEncoder().encode(json)),
        ),
        (payload) => {
          for (const decode of [decodeRequest, decodeResponse, decodeEnd]) {
            expect(["none", "protocol"]).toContain(codeOf(() => decode(payload)));
          }
        },
      ),
    );
  });
});

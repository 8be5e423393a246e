import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodedSize } from "./body-size.ts";
import { decodeFromClient, decodeFromNode, decodeFromRelay } from "./decode.ts";
import {
  MAX_CODE_LENGTH,
  MAX_HEADER_COUNT,
  MAX_HEADERS_LENGTH,
  MAX_ID_LENGTH,
  MAX_METHOD_LENGTH,
  MAX_PATH_LENGTH,
} from "./limits.ts";

const decoders = [decodeFromClient, decodeFromNode, decodeFromRelay];
const proxy = (fields: object) => JSON.stringify({ type: "http_proxy", id: "1", ...fields });

describe("a client's http_proxy", () => {
  it("may leave out everything but its type", () => {
    expect(decodeFromClient('{"type":"http_proxy"}')).toMatchObject({
      kind: "http_proxy",
      id: undefined,
      request: { method: "GET", path: "/", headers: {}, body_b64: "" },
      forwardable: false,
    });
  });

  it("is forwardable as it came only when it is whole and holds nothing else", () => {
    const whole = { method: "GET", path: "/", headers: {}, body_b64: "" };
    expect(decodeFromClient(proxy(whole))).toMatchObject({ forwardable: true });
    expect(decodeFromClient(proxy({ ...whole, session: "x" }))).toMatchObject({ forwardable: false });
    expect(decodeFromClient(proxy({ ...whole, body_b64: null }))).toMatchObject({ forwardable: false });
    expect(decodeFromClient(proxy({ ...whole, headers: null }))).toMatchObject({ forwardable: false });
  });

  it.each([
    ["bad_method", { method: 7 }],
    ["bad_method", { method: "" }],
    ["bad_path", { path: ["/"] }],
    ["bad_headers", { headers: [] }],
    ["bad_headers", { headers: { a: 1 } }],
    ["bad_body", { body_b64: 5 }],
  ])("of a wrong type is answered with %s", (error, fields) => {
    expect(decodeFromClient(proxy(fields))).toEqual({ kind: "bad_request", id: "1", error });
  });

  it("is refused one step over each limit and accepted at it", () => {
    const kind = (fields: object) => decodeFromClient(proxy(fields)).kind;
    expect(kind({ id: "x".repeat(MAX_ID_LENGTH) })).toBe("http_proxy");
    expect(kind({ id: "x".repeat(MAX_ID_LENGTH + 1) })).toBe("invalid");
    expect(kind({ method: "X".repeat(MAX_METHOD_LENGTH) })).toBe("http_proxy");
    expect(kind({ method: "X".repeat(MAX_METHOD_LENGTH + 1) })).toBe("bad_request");
    expect(kind({ path: `/${"x".repeat(MAX_PATH_LENGTH - 1)}` })).toBe("http_proxy");
    expect(kind({ path: `/${"x".repeat(MAX_PATH_LENGTH)}` })).toBe("bad_request");
    const headers = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, ""]));
    expect(kind({ headers: headers(MAX_HEADER_COUNT) })).toBe("http_proxy");
    expect(kind({ headers: headers(MAX_HEADER_COUNT + 1) })).toBe("bad_request");
    expect(kind({ headers: { a: "x".repeat(MAX_HEADERS_LENGTH - 1) } })).toBe("http_proxy");
    expect(kind({ headers: { a: "x".repeat(MAX_HEADERS_LENGTH) } })).toBe("bad_request");
  });

  it("keeps a numeric id a number, and refuses ids that cannot come back as they were", () => {
    expect(decodeFromClient(proxy({ id: 7 }))).toMatchObject({ id: 7 });
    for (const id of [1.5, true, {}, ["x"], 2 ** 60]) {
      expect(decodeFromClient(proxy({ id }))).toEqual({ kind: "invalid", error: "bad_id" });
    }
  });

  it("may carry a header called __proto__ without touching any prototype", () => {
    const message = decodeFromClient('{"type":"http_proxy","id":"1","headers":{"__proto__":"x"}}');
    if (message.kind !== "http_proxy") throw new Error("expected a request");
    expect(Object.keys(message.request.headers)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe("a node's message", () => {
  it("may be an answer, a failure, an offer or a pong", () => {
    expect(
      decodeFromNode('{"type":"http_response","id":"1","status":200,"headers":{},"body_b64":""}'),
    ).toMatchObject({
      kind: "response",
      response: { status: 200 },
      forwardable: true,
    });
    expect(decodeFromNode('{"type":"http_response","id":"1","error":"http_proxy_failed:X"}')).toMatchObject({
      kind: "response",
      response: { error: "http_proxy_failed:X" },
      forwardable: true,
    });
    expect(decodeFromNode('{"type":"pair_offer","code":"deadbeef"}')).toEqual({
      kind: "pair_offer",
      code: "deadbeef",
      notify: false,
    });
    expect(decodeFromNode('{"type":"pong"}')).toEqual({ kind: "pong" });
  });

  it.each([
    { status: "200" },
    { status: 99 },
    { status: 600 },
    { status: 200.5 },
    { status: 200, headers: { a: [] } },
    { status: 200, body_b64: {} },
    { error: "x".repeat(257) },
    {},
  ])("with an id but no sense is a bad response: %j", (fields) => {
    const text = JSON.stringify({ type: "http_response", id: "1", ...fields });
    expect(decodeFromNode(text)).toEqual({ kind: "bad_response", id: "1" });
  });

  it("that offers no usable code offers the empty one", () => {
    for (const code of [undefined, 5, null, "x".repeat(MAX_CODE_LENGTH + 1)]) {
      expect(decodeFromNode(JSON.stringify({ type: "pair_offer", code }))).toMatchObject({ code: "" });
    }
    const longest = "x".repeat(MAX_CODE_LENGTH);
    expect(decodeFromNode(JSON.stringify({ type: "pair_offer", code: longest }))).toMatchObject({
      code: longest,
    });
  });
});

describe("a relay's message", () => {
  it("never makes a node show text of the relay's choosing", () => {
    expect(decodeFromRelay('{"type":"error","error":"<b>\\u001b[2J"}')).toEqual({
      kind: "error",
      error: "unknown",
    });
    expect(decodeFromRelay('{"type":"pair_offer_ack","ok":false,"error":"code_required"}')).toMatchObject({
      ack: { ok: false, error: "code_required" },
    });
    expect(decodeFromRelay('{"type":"pair_offer_ack","ok":true,"expires_at":"soon"}')).toMatchObject({
      ack: { ok: false, error: "unknown" },
    });
  });
});

describe("an acknowledged offer", () => {
  it("tells whether the relay will say when the code was used", () => {
    const ack = { type: "pair_offer_ack", ok: true, expires_at: 1_700_000_000 } as const;
    const decode = (fields: object) => decodeFromRelay(JSON.stringify({ ...ack, ...fields }));
    expect(decode({ notify: true })).toEqual({ kind: "pair_offer_ack", ack: { ...ack, notify: true } });
    for (const fields of [{}, { notify: false }, { notify: 1 }]) {
      expect(decode(fields)).toEqual({ kind: "pair_offer_ack", ack });
    }
  });
});

describe("every decoder", () => {
  it("names what it does not know, with the id when that is fit to be sent back", () => {
    for (const decode of decoders) {
      expect(decode('{"type":"nonsense","id":"7"}')).toEqual({
        kind: "invalid",
        error: "unknown_message_type",
        id: "7",
      });
      expect(decode(JSON.stringify({ id: "x".repeat(1_000_000) }))).toEqual({
        kind: "invalid",
        error: "unknown_message_type",
      });
    }
  });

  it("survives any text", () => {
    const word = fc.constantFrom(
      "http_proxy",
      "http_response",
      "pair_offer",
      "pair_offer_ack",
      "error",
      "ping",
    );
    const nearly = fc
      .record({ type: word }, { requiredKeys: [] })
      .chain((base) =>
        fc
          .dictionary(
            fc.constantFrom("id", "method", "path", "headers", "body_b64", "status", "code", "ok", "error"),
            fc.jsonValue(),
          )
          .map((extra) => JSON.stringify({ ...extra, ...base })),
      );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), nearly), (text) => {
        for (const decode of decoders) expect(typeof decode(text).kind).toBe("string");
      }),
      { numRuns: 500 },
    );
  });

  it("survives nesting a hundred thousand deep", () => {
    const deep = `{"type":"http_proxy","id":"1","headers":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;
    for (const decode of decoders) expect(typeof decode(deep).kind).toBe("string");
    expect(decodeFromClient(deep)).toMatchObject({ kind: "bad_request", error: "bad_headers" });
    for (const decode of decoders) {
      expect(decode("[".repeat(500_000))).toEqual({ kind: "invalid", error: "invalid_json" });
    }
  });
});

describe("the size of a base64 body", () => {
  it("is what decoding gives", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const padded = Buffer.from(bytes).toString("base64");
        expect(decodedSize(padded)).toBe(bytes.length);
        expect(decodedSize(padded.replace(/=+$/, ""))).toBe(bytes.length);
      }),
    );
  });
});

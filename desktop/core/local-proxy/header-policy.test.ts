import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HeaderPair, isAllowedMethod, requestHeaders, responseHeaders } from "./header-policy.ts";

const context = {
  hostHeader: "127.0.0.1:8000",
  forwardedProto: "https",
  forwardedHost: "relay.example",
  device: "plaintext",
} as const;

const OURS: HeaderPair[] = [
  ["X-Forwarded-Proto", "https"],
  ["X-Forwarded-Host", "relay.example"],
  ["X-ORA-Device", "plaintext"],
];

describe("headers to the local API", () => {
  it("keeps what a client says about its request, in its order and spelling", () => {
    const sent: HeaderPair[] = [
      ["Accept", "*/*"],
      ["X-Ora-Token", "abc"],
      ["cookie", "a=1"],
      ["Cookie", "b=2"],
      ["x-latin", "\u00fc\t"],
    ];
    expect(requestHeaders(sent, context)).toEqual([["Host", "127.0.0.1:8000"], ...sent, ...OURS]);
  });

  it.each([
    "Host",
    "Connection",
    "Keep-Alive",
    "Transfer-Encoding",
    "TE",
    "Trailer",
    "Upgrade",
    "Proxy-Authorization",
    "Proxy-Connection",
    "Expect",
    "Content-Length",
    "Forwarded",
    "X-Forwarded-For",
    "X-FORWARDED-PROTO",
    "x_forwarded_for",
    "X-Forwarded-Anything",
    "X-Real-IP",
    "X-ORA-Device",
    "x_ora_device",
  ])("takes out the client's %s", (name) => {
    expect(requestHeaders([[name, "evil"]], context)).toEqual([["Host", "127.0.0.1:8000"], ...OURS]);
  });

  it("takes out what Connection names, in every Connection header", () => {
    const sent: HeaderPair[] = [
      ["Connection", "keep-alive, X-One"],
      ["connection", " x-two "],
      ["x-one", "1"],
      ["X-Two", "2"],
      ["x-three", "3"],
    ];
    expect(requestHeaders(sent, context)).toEqual([["Host", "127.0.0.1:8000"], ["x-three", "3"], ...OURS]);
  });

  it("does not let Connection take out what the node itself sets", () => {
    expect(requestHeaders([["Connection", "host, x-ora-device, x-forwarded-proto"]], context)).toEqual([
      ["Host", "127.0.0.1:8000"],
      ...OURS,
    ]);
  });

  it.each([
    ["a line feed in a value", "x", "a\nb"],
    ["a carriage return in a value", "x", "a\rEvil: 1"],
    ["a NUL in a value", "x", "a\0"],
    ["a control in a value", "x", "a\u001b"],
    ["a character beyond latin-1", "x", "\u2713"],
    ["an empty name", "", "a"],
    ["a space in a name", "a b", "c"],
    ["a colon in a name", "a:b", "c"],
    ["a line feed in a name", "a\nb", "c"],
    ["a name beyond ASCII", "n\u00e4me", "c"],
  ])("refuses %s", (_, name, value) => {
    expect(requestHeaders([[name, value]], context)).toBeUndefined();
  });

  it("whatever is sent, nothing comes out that could end a header early", () => {
    const text = fc.string({ unit: "binary", maxLength: 20 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 8 }), (sent) => {
        for (const [name, value] of requestHeaders(sent, context) ?? []) {
          expect(name).toMatch(/^[!-9;-~]+$/);
          expect(value).not.toMatch(/[\r\n\0]/);
        }
      }),
    );
  });
});

describe("headers of the local API's answer", () => {
  it("lose the hop's own and those Connection names, and keep several cookies", () => {
    const answer: HeaderPair[] = [
      ["Content-Type", "text/plain"],
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
      ["Content-Length", "3"],
      ["Transfer-Encoding", "chunked"],
      ["Keep-Alive", "timeout=5"],
      ["Connection", "close, X-Hop"],
      ["x-hop", "1"],
    ];
    expect(responseHeaders(answer)).toEqual(answer.slice(0, 4));
  });

  it.each(["x-ora-refused", "X-ORA-Refused", "x_ora_refused"])(
    "lose %s, which the node says itself",
    (name) => {
      expect(responseHeaders([[name, "lie"]])).toEqual([]);
    },
  );
});

describe("methods", () => {
  it.each(["GET", "POST", "PROPFIND", "M-SEARCH", "get"])("allows %s", (method) => {
    expect(isAllowedMethod(method)).toBe(true);
  });
  it.each(["", "CONNECT", "connect", "TRACE", "GET /", "G\nET", "GÉT"])("refuses %j", (method) => {
    expect(isAllowedMethod(method)).toBe(false);
  });
});

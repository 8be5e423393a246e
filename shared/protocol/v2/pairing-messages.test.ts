import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeNodeGreeting,
  decodePairAnswer,
  decodePairRequest,
  encodeNodeGreeting,
  encodePairAnswer,
  encodePairRequest,
  MAX_NAME_LENGTH,
} from "./pairing-messages.ts";

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const TOKEN = "A".repeat(43);
const ANSWER = { node_name: "studio", features: [], device: "d1", route_token: TOKEN };

describe("what a client and a node tell each other while pairing", () => {
  it("comes out as it went in", () => {
    const request = { name: "Kim's phone 📱", client: "ora-connect/1.0.0" };
    expect(decodePairRequest(encodePairRequest(request))).toEqual(request);
    expect(decodePairAnswer(encodePairAnswer(ANSWER))).toEqual(ANSWER);
    const greeting = { node_name: "studio", features: ["zip"] };
    expect(decodeNodeGreeting(encodeNodeGreeting(greeting))).toEqual(greeting);
  });

  it("has a stable form on the wire", () => {
    expect(new TextDecoder().decode(encodePairAnswer(ANSWER))).toBe(
      `{"node_name":"studio","features":[],"device":"d1","route_token":"${TOKEN}"}`,
    );
    expect(new TextDecoder().decode(encodePairRequest({ name: "a", client: "b" }))).toBe(
      '{"name":"a","client":"b"}',
    );
  });

  it("may have fields from the future, and lack what has a default", () => {
    expect(decodePairRequest(bytes({ name: "a", colour: 1 }))).toEqual({ name: "a", client: "" });
    expect(decodeNodeGreeting(bytes({ node_name: "a", x: [] }))).toEqual({ node_name: "a", features: [] });
  });

  it("is nothing when a field has the wrong form", () => {
    for (const name of [undefined, 1, null, ["a"]])
      expect(decodePairRequest(bytes({ name }))).toBeUndefined();
    for (const change of [
      { device: "" },
      { device: "a b" },
      { device: undefined },
      { route_token: `${TOKEN}=` },
      { route_token: TOKEN.slice(1) },
      { node_name: undefined },
      { features: "none" },
      { features: [1] },
      { features: Array.from({ length: 65 }, () => "f") },
    ]) {
      expect(decodePairAnswer(bytes({ ...ANSWER, ...change }))).toBeUndefined();
    }
    expect(
      decodePairAnswer(bytes({ ...ANSWER, features: Array.from({ length: 64 }, () => "f") })),
    ).toBeDefined();
    expect(decodeNodeGreeting(new Uint8Array([0xff, 0xfe]))).toBeUndefined();
  });

  it("carries names that cannot draw over a list or a terminal", () => {
    const shown = (name: string) => decodePairRequest(bytes({ name }))?.name;
    expect(shown("\u001b[2Jred\u202e\u200b\n ")).toBe("[2Jred");
    expect(shown("\u0000")).toBe("device");
    expect(shown("a".repeat(MAX_NAME_LENGTH))).toHaveLength(MAX_NAME_LENGTH);
    expect(shown("a".repeat(MAX_NAME_LENGTH + 1))).toHaveLength(MAX_NAME_LENGTH);
    expect(shown(`${"a".repeat(MAX_NAME_LENGTH - 1)}📱`)).toBe("a".repeat(MAX_NAME_LENGTH - 1));
  });

  it("is decoded without an exception, whatever the bytes", () => {
    const json = fc.json().map((text) => new TextEncoder().encode(text));
    const near = fc
      .dictionary(
        fc.constantFrom("name", "client", "node_name", "features", "device", "route_token"),
        fc.jsonValue(),
      )
      .map(bytes);
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), json, near), (payload) => {
        decodePairRequest(payload);
        decodePairAnswer(payload);
        decodeNodeGreeting(payload);
      }),
    );
  });
});

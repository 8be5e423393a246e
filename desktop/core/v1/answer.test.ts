import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HeaderPair } from "../local-proxy/header-policy.ts";
import { answerText, failureText } from "./answer.ts";

function textOf(
  ...answer: [id: string | number, status: number, headers: readonly HeaderPair[], body: Buffer]
): string {
  const text = answerText(...answer);
  return typeof text === "string" ? text : Buffer.from(text).toString();
}

describe("an answer of protocol 1", () => {
  it("is the JSON message, body included", () => {
    expect(textOf("a1", 201, [["Content-Type", "text/plain"]], Buffer.from("hello"))).toBe(
      '{"type":"http_response","id":"a1","status":201,"headers":{"Content-Type":"text/plain"},"body_b64":"aGVsbG8="}',
    );
    expect(JSON.parse(textOf(7, 204, [], Buffer.alloc(0)))).toEqual({
      type: "http_response",
      id: 7,
      status: 204,
      headers: {},
      body_b64: "",
    });
  });

  it("joins several headers of one name, whatever their spelling", () => {
    const headers = [
      ["Set-Cookie", "a=1"],
      ["Vary", "x"],
      ["set-cookie", "b=2"],
      ["__proto__", "p"],
    ] as const;
    const answer = JSON.parse(textOf("x", 200, headers, Buffer.alloc(0)));
    expect(Object.entries(answer.headers)).toEqual([
      ["Set-Cookie", "a=1, b=2"],
      ["Vary", "x"],
      ["__proto__", "p"],
    ]);
  });

  it("is valid JSON for any id, header value and body", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        fc.uint8Array(),
        (id, value, body) => {
          const answer = JSON.parse(textOf(id, 200, [["x", value]], Buffer.from(body)));
          expect([answer.id, answer.headers.x]).toEqual([id, value]);
          expect(Buffer.from(answer.body_b64, "base64")).toEqual(Buffer.from(body));
          expect(JSON.parse(failureText(id, "x")).id).toBe(id);
        },
      ),
    );
  });

  it("is the same text for big bodies, around every size at which its building changes", () => {
    for (const around of [8 * 1024, 12 * 1024, 24 * 1024, 262_144]) {
      for (let size = around - 3; size <= around + 3; size += 1) {
        const body = randomBytes(size);
        const answer = JSON.parse(textOf("ü", 200, [["x", "é"]], body));
        expect(answer).toMatchObject({ id: "ü", status: 200, headers: { x: "é" } });
        expect(answer.body_b64).toBe(body.toString("base64"));
      }
    }
  });
});

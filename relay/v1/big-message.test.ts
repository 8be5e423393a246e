import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFromClient, decodeFromNode } from "#shared/protocol/v1/decode.ts";
import { decodeReceived } from "./big-message.ts";

const big = Buffer.alloc(12_000, 7).toString("base64");
const proxy = (fields: string) =>
  `{"type":"http_proxy","id":"1","method":"GET","path":"/","headers":{}${fields}}`;

/** What plain decoding makes of it, with the body told apart. */
function plainly(text: string) {
  const message = decodeFromClient(text);
  const body = message.kind === "http_proxy" ? message.request.body_b64 : "";
  return { message, body };
}

function lean(text: string) {
  const { message, bodyText } = decodeReceived(Buffer.from(text), decodeFromClient);
  const body = bodyText();
  if (message.kind !== "http_proxy") return { message, body };
  return { message: { ...message, request: { ...message.request, body_b64: body } }, body };
}

describe("a big message", () => {
  it("is decoded as it would be in one piece, its body left aside", () => {
    const text = proxy(`,"body_b64":"${big}"`);
    expect(lean(text)).toEqual(plainly(text));
    const received = decodeReceived(Buffer.from(text), decodeFromClient);
    expect(received.message).toMatchObject({ request: { body_b64: "" }, forwardable: true });
    expect(received.bodyBytes).toBe(12_000);
    const answer = `{"body_b64":"${big}==","type":"http_response","id":"1","status":200,"headers":{}}`;
    const fromNode = decodeReceived(Buffer.from(answer), decodeFromNode);
    expect(fromNode.bodyText()).toBe(`${big}==`);
  });

  it("is never decoded otherwise, whatever stands in it and around it", () => {
    for (const text of [
      proxy(`,"body_b64":"${big}\\u0041"`),
      proxy(`,"body_b64":"${big}\u0000"`),
      proxy(`,"body_b64":"${big}\n"`),
      proxy(`,"body_b64":"${big}é"`),
      proxy(`,"body_b64":"${big}`),
      proxy(`,"body_b64":"${big}","body_b64":"small"`),
      proxy(`,"body_b64":"${big}","body_b64" : "small"`),
      proxy(`,"body_b64":"${big}","body\\u005fb64":"small"`),
      proxy(`,"body_b64":"small","body_b64":"${big}"`),
      proxy(`,"x\\"body_b64":"${big}"`),
      proxy(`,"other":"\\"body_b64\\":\\"${big}"`),
      proxy(`,"other":{"body_b64":"${big}"}`),
      `{"type":"http_proxy","id":"1","headers":{"body_b64":"${big}"}}`,
      `{"type":"http_proxy","id":"1","method":"GET","path":"/","headers":{},"x"body_b64":"${big}"}`,
      `"body_b64":"${big}"`,
      "x".repeat(20_000),
    ]) {
      expect(lean(text)).toEqual(plainly(text));
    }
  });

  it("is refused for one byte that a JSON string may not hold, wherever it stands", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 15_999 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const raw = Buffer.from(proxy(`,"body_b64":"${big}"`));
        raw[raw.indexOf(big) + at] = byte;
        expect(lean(raw.toString())).toEqual(plainly(raw.toString()));
      }),
      { numRuns: 300 },
    );
  });
});

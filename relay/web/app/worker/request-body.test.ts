import { describe, expect, it } from "vitest";
import { outgoingBody } from "./request-body.ts";

const ask = (init: RequestInit, length?: string) =>
  outgoingBody(
    new Request("http://x.test/", {
      method: "POST",
      duplex: "half",
      ...init,
      headers: length === undefined ? {} : { "x-ora-shim-length": length },
    } as RequestInit),
  );
const text = (body: ReadableStream<Uint8Array> | undefined) => new Response(body ?? null).text();

describe("a body on its way to the PC", () => {
  it("has the length that the page's script said", async () => {
    const { body, length } = await ask({ body: "text" }, "4");
    expect([await text(body), length]).toEqual(["text", 4]);
  });

  it("is measured where nobody said one, or nonsense", async () => {
    for (const said of [undefined, "-1", "4x", "1e3"]) {
      const { body, length } = await ask({ body: "text" }, said);
      expect([await text(body), length]).toEqual(["text", 4]);
    }
  });

  it("has none where a script streams it", async () => {
    const { body, length } = await ask({ body: new Blob(["text"]).stream() }, "stream");
    expect([await text(body), length]).toEqual(["text", undefined]);
  });

  it("is no body where there is nothing in it", async () => {
    expect(await ask({})).toEqual({ body: undefined, length: 0 });
    expect(await ask({ body: "" })).toEqual({ body: undefined, length: 0 });
    expect(await ask({ body: "" }, "0")).toEqual({ body: undefined, length: 0 });
    expect(await ask({ method: "GET" })).toEqual({ body: undefined, length: undefined });
  });
});

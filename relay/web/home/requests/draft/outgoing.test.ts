import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeDraft, MAX_DRAFT_CHARS, storable } from "./decode-draft.ts";
import { BLANK_BODY, BLANK_DRAFT, BODY_KINDS, type BodyDraft, type RequestDraft } from "./draft.ts";
import { outgoing } from "./outgoing.ts";

const withBody = (body: Partial<BodyDraft>, headers: RequestDraft["headers"] = []): RequestDraft => ({
  ...BLANK_DRAFT,
  method: "POST",
  headers,
  body: { ...BLANK_BODY, ...body },
});

describe("what goes out", () => {
  it("has no body where there is none, which is not an empty one", () => {
    expect(outgoing(BLANK_DRAFT)).toEqual({
      method: "GET",
      path: "/",
      headers: [["Accept", "*/*"]],
      body: undefined,
    });
    expect(outgoing(withBody({ kind: "text" })).body?.size).toBe(0);
  });

  it.each([
    [{ kind: "json", json: '{"a":"é"}' }, "application/json", '{"a":"é"}'],
    [{ kind: "text", text: "日本" }, "text/plain;charset=UTF-8", "日本"],
    [
      { kind: "form", fields: [{ name: "a b", value: "c&d" }] },
      "application/x-www-form-urlencoded",
      "a+b=c%26d",
    ],
    [{ kind: "file", file: new File(["xyz"], "a") }, "application/octet-stream", "xyz"],
  ] as const)("tells the type and length of %j", async (part, type, text) => {
    const { headers, body } = outgoing(withBody(part));
    expect(await body?.text()).toBe(text);
    expect(headers).toEqual([
      ["Accept", "*/*"],
      ["Content-Type", type],
      ["Content-Length", String(new TextEncoder().encode(text).length)],
    ]);
  });

  it("leaves a person's own headers as they are, in their order", () => {
    const own = [
      { name: "content-TYPE", value: "text/x" },
      { name: "accept", value: "text/event-stream" },
      { name: "", value: "" },
      { name: "x", value: "1" },
      { name: "x", value: "2" },
    ];
    expect(outgoing(withBody({ kind: "text", text: "é" }, own)).headers).toEqual([
      ["content-TYPE", "text/x"],
      ["accept", "text/event-stream"],
      ["x", "1"],
      ["x", "2"],
      ["Content-Length", "2"],
    ]);
  });

  it("writes a form with a file as browsers write one", async () => {
    const file = new File(["\r\n--x\0"], 'a"b\r\n.bin', { type: "image/png" });
    const fields = [
      { name: 'na"me', value: "one\ntwo" },
      { name: "f", value: "", file },
    ];
    const { headers, body } = outgoing(withBody({ kind: "form", fields }), "BOUND");
    expect(headers[1]).toEqual(["Content-Type", "multipart/form-data; boundary=BOUND"]);
    const written = new Uint8Array((await body?.arrayBuffer()) ?? new ArrayBuffer(0));
    const read = await new Response(written, {
      headers: { "content-type": "multipart/form-data; boundary=BOUND" },
    }).formData();
    expect(read.get('na"me')).toBe("one\r\ntwo");
    const back = read.get("f");
    expect(back instanceof File && (await back.text())).toBe("\r\n--x\0");
    expect(back instanceof File && back.type).toBe("image/png");
  });
});

describe("a stored draft", () => {
  const line = fc.record({ name: fc.string(), value: fc.string() });
  const drafts = fc.record({
    method: fc.string(),
    path: fc.string(),
    headers: fc.array(line, { maxLength: 5 }),
    body: fc.record({
      kind: fc.constantFrom(...BODY_KINDS),
      json: fc.string(),
      text: fc.string(),
      fields: fc.array(line, { maxLength: 5 }),
    }),
  });

  it("comes back as it was, but for its files", () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const file = new File(["x"], "x");
        const fields = draft.body.fields.map((field) => ({ ...field, file }));
        const stored: unknown = structuredClone(
          storable({ ...draft, body: { ...draft.body, fields, file } }),
        );
        expect(decodeDraft(stored)).toEqual(draft);
      }),
    );
  });

  it("is nothing when anything in it is not what it should be", () => {
    fc.assert(fc.property(fc.anything(), (stored) => void decodeDraft(stored)));
    for (const change of [
      { method: 1 },
      { headers: "x" },
      { headers: [{ name: 1, value: "" }] },
      { body: null },
    ]) {
      expect(decodeDraft({ ...BLANK_DRAFT, ...change })).toBeUndefined();
    }
    expect(decodeDraft({ ...BLANK_DRAFT, body: { ...BLANK_BODY, kind: "odd" } })).toBeUndefined();
  });

  it("is at most so long", () => {
    const rest = BLANK_DRAFT.method.length + BLANK_DRAFT.path.length;
    const of = (length: number) => decodeDraft(withBody({ kind: "text", text: "x".repeat(length) }));
    expect(of(MAX_DRAFT_CHARS - rest - 1)).toBeDefined();
    expect(of(MAX_DRAFT_CHARS - rest)).toBeUndefined();
  });
});

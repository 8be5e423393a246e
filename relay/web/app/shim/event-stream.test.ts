import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventStream } from "./event-stream.ts";

function read(pieces: readonly string[], lastEventId = "") {
  const stream = new EventStream(lastEventId);
  const events = pieces.flatMap((piece) => stream.push(piece));
  return { events, lastEventId: stream.lastEventId, retryMs: stream.retryMs };
}

describe("a stream of events", () => {
  it.each([
    ["data: one\n\n", [{ type: "message", data: "one", lastEventId: "" }]],
    ["data:one\ndata: two\ndata\n\n", [{ type: "message", data: "one\ntwo\n", lastEventId: "" }]],
    ["event: named\rid: 7\rdata: x\r\r", [{ type: "named", data: "x", lastEventId: "7" }]],
    ["\ufeffdata: x\r\n\r\n", [{ type: "message", data: "x", lastEventId: "" }]],
    [": comment\nevent: lost\n\ndata: x\n\n", [{ type: "message", data: "x", lastEventId: "" }]],
    ["data\n\n", [{ type: "message", data: "", lastEventId: "" }]],
    ["data: not ended", []],
  ])("%j gives %j, however it is cut", (text, events) => {
    expect(read([text]).events).toEqual(events);
    for (let at = 1; at < text.length; at += 1) {
      expect(read([text.slice(0, at), text.slice(at), ""]).events).toEqual(events);
    }
    expect(read([...text]).events).toEqual(events);
  });

  it("remembers the last id and the pause that was asked for", () => {
    expect(read(["id: 3\nretry: 50\n\n"])).toMatchObject({ events: [], lastEventId: "3", retryMs: 50 });
    expect(read(["id\n"], "before").lastEventId).toBe("");
    expect(read(["id: a\0b\nretry: soon\n"], "before")).toMatchObject({ lastEventId: "before" });
  });

  it("reads the same from any pieces", () => {
    const line = fc.constantFrom("data: a", "data", "id: 1", "event: e", ":c", "", "retry: 5", "x");
    const end = fc.constantFrom("\n", "\r\n");
    fc.assert(
      fc.property(fc.array(fc.tuple(line, end)), fc.nat(), (lines, seed) => {
        const text = lines.flat().join("");
        const at = text.length === 0 ? 0 : seed % text.length;
        expect(read([text.slice(0, at), text.slice(at)])).toEqual(read([text]));
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventLog, MAX_EVENTS, MAX_LOG_CHARS } from "./event-log.ts";
import { EventParser, MAX_EVENT_CHARS, type ServerEvent } from "./event-parser.ts";
import { MAX_TAIL_CHARS, TextLog } from "./text-log.ts";

const read = (...pieces: string[]): ServerEvent[] => {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
};
const event = (data: string, part: Partial<ServerEvent> = {}): ServerEvent => ({
  type: "message",
  id: "",
  data,
  isCut: false,
  ...part,
});

describe("server-sent events", () => {
  // The examples of the HTML standard, section 9.2.
  it.each([
    ["data: YHOO\ndata: +2\ndata: 10\n\n", [event("YHOO\n+2\n10")]],
    [
      ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
      [event("first event", { id: "1" }), event("second event"), event(" third event")],
    ],
    ["data\n\ndata\ndata\n\ndata:", [event(""), event("\n")]],
    ["data:test\n\ndata: test\n\n", [event("test"), event("test")]],
    ["event: add\ndata: 7\n\ndata: 8\n\n", [event("7", { type: "add" }), event("8")]],
    [
      "id: 1\ndata: a\n\ndata: b\n\nid: x\0y\ndata: c\n\n",
      ["a", "b", "c"].map((data) => event(data, { id: "1" })),
    ],
    ["\ufeffdata: x\n\n", [event("x")]],
    ["unknown: 1\nretry: 5\nDATA: no\n\n", []],
    ["event: lost\n\ndata: x\n\n", [event("x")]],
  ])("%j", (text, events) => {
    expect(read(text)).toEqual(events);
  });

  it("are the same in whatever pieces they come, and with any line end", () => {
    const text = "id: 1\nevent: e\ndata: a\ndata: b\n\n:c\n\ndata: z\n\n";
    const whole = read(text);
    expect(whole).toHaveLength(2);
    for (const end of ["\n", "\r", "\r\n"]) {
      const spelled = text.replaceAll("\n", end);
      for (let at = 0; at <= spelled.length; at += 1) {
        expect(read(spelled.slice(0, at), spelled.slice(at))).toEqual(whole);
      }
      expect(read(...spelled)).toEqual(whole);
    }
  });

  it("are there as soon as their last line has ended", () => {
    const parser = new EventParser();
    expect(parser.push("data: a\r\n\r")).toEqual([event("a")]);
    expect(parser.push("\ndata: b\n\n")).toEqual([event("b")]);
  });

  it("are cut where they do not end, and the next is whole again", () => {
    const room = MAX_EVENT_CHARS - "data: ".length;
    expect(read(`data: ${"x".repeat(room)}\n\n`)).toEqual([event("x".repeat(room))]);
    expect(read("data: ", ..."x".repeat(3).split(""), "x".repeat(room), "\n\ndata: ok\n\n")).toEqual([
      event("x".repeat(room), { isCut: true }),
      event("ok"),
    ]);
    const [many, next] = read("data: 0123456789\n".repeat(MAX_EVENT_CHARS), "\ndata: ok\n\n");
    expect(many?.data.length).toBeLessThanOrEqual(MAX_EVENT_CHARS);
    expect(many?.isCut).toBe(true);
    expect(next).toEqual(event("ok"));
    const [empty] = read("data\n".repeat(MAX_EVENT_CHARS * 2), "\n");
    expect(empty?.data.length).toBeLessThanOrEqual(MAX_EVENT_CHARS);
  });

  it("never fail on any text", () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: "binary" })), (pieces) => void read(...pieces)));
  });
});

describe("the log of events", () => {
  it("keeps the newest, numbers them on, and forgets none that there is room for", () => {
    const log = new EventLog();
    for (let at = 1; at <= MAX_EVENTS; at += 1) log.add([event(String(at))], at);
    expect(log.all[0]).toMatchObject({ number: 1, data: "1", at: 1 });
    log.add([event("more")], 0);
    expect(log.all).toHaveLength(MAX_EVENTS);
    expect(log.all[0]?.number).toBe(2);
    log.clear();
    log.add([event("after")], 0);
    expect(log.all).toMatchObject([{ number: MAX_EVENTS + 2 }]);
    expect(log.total).toBe(MAX_EVENTS + 2);
  });

  it("holds so much data and no more, but always the newest", () => {
    const log = new EventLog();
    const half = event("x".repeat(MAX_LOG_CHARS / 2));
    log.add([half, half], 0);
    expect(log.all).toHaveLength(2);
    log.add([event("y")], 0);
    expect(log.all).toHaveLength(2);
    expect(log.all.at(-1)?.data).toBe("y");
  });
});

describe("the end of a text that goes on", () => {
  it("is whole as long as it fits", () => {
    const log = new TextLog();
    log.add("x".repeat(MAX_TAIL_CHARS));
    expect([log.text.length, log.hasLost]).toEqual([MAX_TAIL_CHARS, false]);
    log.add("y");
    expect([log.text.length, log.text.at(-1), log.hasLost]).toEqual([MAX_TAIL_CHARS, "y", true]);
    log.clear();
    expect([log.text, log.hasLost]).toEqual(["", false]);
  });

  it("begins with a line", () => {
    const log = new TextLog();
    for (let at = 0; at < MAX_TAIL_CHARS / 4; at += 1) log.add(`line ${at}\n`);
    expect(log.text).toMatch(/^line \d+\n/);
    expect(log.text.length).toBeLessThanOrEqual(MAX_TAIL_CHARS);
  });
});

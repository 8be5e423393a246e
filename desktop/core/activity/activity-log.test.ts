import { describe, expect, it } from "vitest";
import { fakeClock } from "../testing/fake-clock.ts";
import { type ActivityEntry, createActivityLog, MAX_SHOWN_PATH_LENGTH } from "./activity-log.ts";

const get = (path: string) => ({ device: "d1", method: "GET", path, isWebSocket: false });

describe("the activity list", () => {
  it("shows a request from its start to its end, with sizes and time", () => {
    const clock = fakeClock(1000);
    const log = createActivityLog({ clock });
    const record = log.begin(get("/a"));
    clock.advance(5);
    expect(log.list(10)).toMatchObject([{ path: "/a", outcome: "open", durationMs: 5, status: undefined }]);
    record.status(200);
    record.received(3);
    record.sent(10);
    record.sent(1);
    clock.advance(2);
    record.finish("done");
    clock.advance(50);
    record.finish("failed");
    expect(log.list(10)).toEqual([
      {
        id: 0,
        device: "d1",
        method: "GET",
        path: "/a",
        isWebSocket: false,
        started: 1000,
        outcome: "done",
        status: 200,
        bytesIn: 3,
        bytesOut: 11,
        durationMs: 7,
      },
    ]);
  });

  it("keeps as many as its limit, the newest first, and drops the oldest", () => {
    const log = createActivityLog({ clock: fakeClock(), limit: 3 });
    for (const path of ["/1", "/2", "/3"]) log.begin(get(path));
    expect(log.list(10).map((entry) => entry.path)).toEqual(["/3", "/2", "/1"]);
    log.begin(get("/4"));
    expect(log.list(10).map((entry) => entry.path)).toEqual(["/4", "/3", "/2"]);
    expect(log.list(2).map((entry) => entry.path)).toEqual(["/4", "/3"]);
    log.clear();
    expect(log.list(10)).toEqual([]);
  });

  it("numbers on after it was cleared, and tells no more of what was cleared, though it goes on", () => {
    const log = createActivityLog({ clock: fakeClock(), limit: 3 });
    log.captures.turn(true);
    const seen: ActivityEntry[] = [];
    const old = ["/1", "/2"].map((path) => log.begin(get(path)));
    log.clear();
    log.subscribe((entry) => seen.push(entry));
    const later = log.begin(get("/3"));
    for (const record of old) record.finish("done");
    later.finish("done");
    expect(seen.map(({ id, path, outcome }) => [id, path, outcome])).toEqual([
      [2, "/3", "open"],
      [2, "/3", "done"],
    ]);
    expect([0, 1, 2].map((id) => log.captures.get(id) !== undefined)).toEqual([false, false, true]);
    for (const path of ["/4", "/5", "/6"]) log.begin(get(path));
    expect(log.list(10).map(({ id, path }) => [id, path])).toEqual([
      [5, "/6"],
      [4, "/5"],
      [3, "/4"],
    ]);
  });

  it("cuts a path that is too long to show", () => {
    const log = createActivityLog({ clock: fakeClock() });
    log.begin(get("x".repeat(MAX_SHOWN_PATH_LENGTH)));
    log.begin(get("x".repeat(MAX_SHOWN_PATH_LENGTH + 1)));
    expect(log.list(2).map((entry) => entry.path.length)).toEqual([
      MAX_SHOWN_PATH_LENGTH + 1,
      MAX_SHOWN_PATH_LENGTH,
    ]);
    expect(log.list(1)[0]?.path.endsWith("…")).toBe(true);
  });

  it("tells subscribers until they stop", () => {
    const log = createActivityLog({ clock: fakeClock() });
    const seen: ActivityEntry[] = [];
    const stop = log.subscribe((entry) => seen.push(entry));
    const record = log.begin(get("/a"));
    record.status(404);
    record.finish("done");
    stop();
    log.begin(get("/b"));
    expect(seen.map(({ outcome, status }) => [outcome, status])).toEqual([
      ["open", undefined],
      ["open", 404],
      ["done", 404],
    ]);
  });
});

describe("a request whose place in the list another has taken", () => {
  it("changes nothing of the other's, and goes on to be told of while it is open", () => {
    const log = createActivityLog({ clock: fakeClock(), limit: 1 });
    const over = log.begin(get("/over"));
    over.finish("done");
    const long = log.begin(get("/long"));
    over.status(500);
    over.received(1);
    over.sent(1);
    over.finish("failed");
    expect(log.list(1)).toMatchObject([{ path: "/long", outcome: "open", bytesIn: 0, bytesOut: 0 }]);
    expect(log.list(1)[0]?.status).toBeUndefined();

    const seen: ActivityEntry[] = [];
    log.subscribe((entry) => seen.push(entry));
    log.begin(get("/next"));
    long.finish("done");
    expect(seen).toMatchObject([{ path: "/next" }, { path: "/long", outcome: "done" }]);
    expect(log.list(1)).toMatchObject([{ path: "/next", outcome: "open" }]);
  });
});

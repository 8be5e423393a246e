import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ActivityView, RequestRow } from "../contract/activity-view.ts";
import { filterRows, merge, nextActivity } from "./activity-rows.ts";

const row = (id: number, change: Partial<RequestRow> = {}): RequestRow => ({
  id,
  device: "Pixel 9",
  plaintext: false,
  method: "GET",
  path: `/photos/${id}`,
  isWebSocket: false,
  started: 0,
  outcome: "done",
  status: 200,
  bytesIn: 0,
  bytesOut: 0,
  durationMs: 1,
  ...change,
});
const ids = (rows: readonly RequestRow[]) => rows.map(({ id }) => id);
const OUTCOMES = { open: "under way", done: "done", refused: "refused", failed: "failed" };

describe("the rows of the activity list", () => {
  it("are replaced when they change, and appended when they are new", () => {
    const merged = merge([row(1), row(2)], [row(1, { status: 500 }), row(3)], 10);
    expect(ids(merged)).toEqual([1, 2, 3]);
    expect(merged[0]?.status).toBe(500);
  });

  it("lose the oldest above the limit, and none at it", () => {
    expect(ids(merge([row(1), row(2)], [row(3)], 3))).toEqual([1, 2, 3]);
    expect(ids(merge([row(1), row(2)], [row(3)], 2))).toEqual([2, 3]);
  });

  it("stay in order, bounded and without doubles, whatever comes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50)),
        fc.array(fc.nat(50)),
        fc.integer({ min: 1, max: 20 }),
        (a, b, limit) => {
          const before = merge(
            [],
            a.map((id) => row(id)),
            limit,
          );
          const after = ids(
            merge(
              before,
              b.map((id) => row(id)),
              limit,
            ),
          );
          expect(after).toEqual([...new Set(after)].sort((left, right) => left - right));
          expect(after.length).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  it("wait for the whole view before changes mean anything", () => {
    const whole: ActivityView = {
      kind: "whole",
      language: "en",
      platform: "linux",
      now: 0,
      capture: false,
      capacity: 10,
      rows: [row(1)],
    };
    expect(nextActivity(undefined, { kind: "changes", rows: [row(2)] })).toBeUndefined();
    expect(ids(nextActivity(whole, { kind: "changes", rows: [row(2)] })?.rows ?? [])).toEqual([1, 2]);
    expect(nextActivity(whole, { ...whole, rows: [] })?.rows).toEqual([]);
  });
});

describe("the filter", () => {
  const rows = [
    row(1),
    row(2, { method: "POST", device: "iPad", status: 404 }),
    row(3, { outcome: "refused", path: "/Admin" }),
  ];

  it("keeps rows in which every word occurs, in either case", () => {
    expect(ids(filterRows(rows, "post ipad", OUTCOMES))).toEqual([2]);
    expect(ids(filterRows(rows, "404", OUTCOMES))).toEqual([2]);
    expect(ids(filterRows(rows, "admin REFUSED", OUTCOMES))).toEqual([3]);
    expect(ids(filterRows(rows, "post pixel", OUTCOMES))).toEqual([]);
  });

  it("keeps everything when it is empty", () => {
    expect(filterRows(rows, "  ", OUTCOMES)).toBe(rows);
  });
});

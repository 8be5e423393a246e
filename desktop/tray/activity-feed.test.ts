import { describe, expect, it } from "vitest";
import { createActivityLog } from "../core/activity/activity-log.ts";
import { fakeClock } from "../core/testing/fake-clock.ts";
import type { ActivityChanges } from "../windows/contract/activity-view.ts";
import { ActivityFeed, GATHER_MS } from "./activity-feed.ts";

describe("the activity feed", () => {
  it("gathers changes for a moment, and tells each request once in its last state", () => {
    const clock = fakeClock();
    const pushed: ActivityChanges[] = [];
    const feed = new ActivityFeed({
      clock,
      deviceName: (id) => `name of ${id}`,
      push: (changes) => pushed.push(changes),
    });
    const log = createActivityLog({ clock });
    feed.follow(log);
    for (let i = 0; i < 1_000; i += 1) {
      const record = log.begin({ device: "d", method: "GET", path: `/${i}`, isWebSocket: false });
      record.status(200);
      record.finish("done");
    }
    expect(pushed).toEqual([]);
    clock.advance(GATHER_MS);
    expect(pushed).toHaveLength(1);
    expect(pushed[0]?.rows).toHaveLength(1_000);
    expect(pushed[0]?.rows[0]).toMatchObject({ id: 0, device: "name of d", outcome: "done", status: 200 });
    feed.follow(undefined);
    log.begin({ device: "d", method: "GET", path: "/", isWebSocket: false });
    clock.advance(GATHER_MS);
    expect(pushed).toHaveLength(1);
  });
});

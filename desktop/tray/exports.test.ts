import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createActivityLog } from "../core/activity/activity-log.ts";
import { fakeClock } from "../core/testing/fake-clock.ts";
import type { ActivityChanges, RequestDetails } from "../windows/contract/activity-view.ts";
import { ActivityFeed, GATHER_MS } from "./activity-feed.ts";
import { clockTime } from "./clock-time.ts";
import { curlLine } from "./curl-line.ts";
import { toHar } from "./export-har.ts";
import { MAX_MENU_NAME_LENGTH, menuName } from "./menu-label.ts";
import { LOOK_EVERY_MS, watchNetwork } from "./network-watch.ts";
import { newerVersion } from "./newer-version.ts";

function details(path: string, method = "GET", header = "v"): RequestDetails {
  return {
    row: {
      id: 1,
      device: "Pixel 9",
      plaintext: false,
      method,
      path,
      isWebSocket: false,
      started: 0,
      outcome: "done",
      status: 200,
      bytesIn: 0,
      bytesOut: 5,
      durationMs: 7,
    },
    request: {
      headers: [
        ["x-a", header],
        ["host", "evil"],
      ],
      body: { text: "it's\n@x", encoding: "utf8", truncated: false },
    },
  };
}

describe.skipIf(process.platform === "win32")("a request as a curl line", () => {
  /** The words as a real shell reads them. */
  const words = (line: string) =>
    execFileSync("sh", ["-c", `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }; ${line}`])
      .toString()
      .split("\0")
      .slice(0, -1);

  it("is what a shell passes on unchanged, whatever stands in path, header and body", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme-ascii" }),
        fc.string({ unit: "grapheme-ascii" }),
        (path, value) => {
          const line = curlLine(
            details(`/${path}$(touch /tmp/x)'"\``, "POST", value),
            "http://127.0.0.1:8000",
          );
          expect(words(line)).toEqual([
            "--request",
            "POST",
            "--header",
            `x-a: ${value}`,
            "--data-raw",
            "it's\n@x",
            "--globoff",
            `http://127.0.0.1:8000/${path}$(touch /tmp/x)'"\``,
          ]);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("requests as HAR", () => {
  it("hold what is known, and say what is not", () => {
    const { log } = JSON.parse(toHar([details("/a?b=c%20d")], "http://127.0.0.1:8000"));
    expect(log.version).toBe("1.2");
    expect(log.entries[0]).toMatchObject({
      startedDateTime: "1970-01-01T00:00:00.000Z",
      request: {
        url: "http://127.0.0.1:8000/a?b=c%20d",
        queryString: [{ name: "b", value: "c d" }],
        headersSize: -1,
      },
      response: { status: 200, content: { size: 5, mimeType: "" } },
    });
  });
});

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

describe("the network", () => {
  it("is looked at now and then, and a changed address is told once", () => {
    const clock = fakeClock();
    let address = "192.0.2.1";
    let changes = 0;
    const info = (family: "IPv4" | "IPv6", text: string, internal = false) =>
      ({ address: text, family, internal, netmask: "", mac: "", cidr: null, scopeid: 0 }) as never;
    const watch = watchNetwork({
      clock,
      interfaces: () => ({
        eth0: [info("IPv4", address), info("IPv6", `2001:db8:0:1:${changes}::${clock.now() % 7}`)],
        lo: [info("IPv4", `127.0.0.${clock.now() % 9}`, true)],
      }),
      changed: () => {
        changes += 1;
      },
    });
    clock.advance(LOOK_EVERY_MS * 3);
    expect(changes).toBe(0);
    address = "198.51.100.7";
    clock.advance(LOOK_EVERY_MS * 3);
    expect(changes).toBe(1);
    watch.stop();
    expect(clock.waiting()).toEqual([]);
  });
});

describe("names in menus", () => {
  it("lose their middle when they are one character too long", () => {
    expect(menuName("x".repeat(MAX_MENU_NAME_LENGTH))).toBe("x".repeat(MAX_MENU_NAME_LENGTH));
    const long = menuName(`${"a".repeat(MAX_MENU_NAME_LENGTH)}z`);
    expect(Array.from(long)).toHaveLength(MAX_MENU_NAME_LENGTH);
    expect(long).toMatch(/^a+…a+z$/);
  });
});

describe("a newer version", () => {
  it("is one that counts higher; nothing else is", () => {
    expect(newerVersion("v1.10.0", "1.9.9")).toBe("1.10.0");
    for (const other of ["1.9.9", "1.9.8", "0.99.0", "1.10", "2.0.0-rc.1", "x", ""]) {
      expect(newerVersion(other, "1.9.9")).toBeUndefined();
    }
  });
});

describe("times", () => {
  it("are said as a clock would: today's time, else the day too, in both languages", () => {
    const now = Date.UTC(2026, 10, 24, 12);
    const at = (moment: number, language: "en" | "ja") =>
      clockTime(moment, { language, now, timeZone: "UTC" });
    expect(at(Date.UTC(2026, 10, 24, 0, 5), "en")).toBe("00:05");
    expect(at(Date.UTC(2026, 10, 23, 23, 59), "en")).toBe("23 Nov, 23:59");
    expect(at(Date.UTC(2026, 10, 23, 23, 59), "ja")).toBe("11月23日 23:59");
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300])
      expect(() => at(odd, "en")).not.toThrow();
  });
});

import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RequestDetails } from "../windows/contract/activity-view.ts";
import { curlLine } from "./curl-line.ts";
import { toHar } from "./export-har.ts";

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

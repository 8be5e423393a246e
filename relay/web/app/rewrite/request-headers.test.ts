import { describe, expect, it } from "vitest";
import { type AskedRequest, causeOf, headersForPc } from "./request-headers.ts";
import type { AppPlace } from "./url-map.ts";

const place: AppPlace = { origin: "https://x.example", aliases: ["http://127.0.0.1:8000"], basePath: "" };
const browser = { userAgent: "Browser/1", languages: ["ja", "en-GB", "en"] };
const asked = (part: Partial<AskedRequest> = {}): AskedRequest => ({
  method: "GET",
  mode: "cors",
  destination: "",
  referrer: "https://x.example/page?q#part",
  headers: [],
  ...part,
});
const named = (request: AskedRequest, cause = causeOf(request, place)) =>
  Object.fromEntries(headersForPc(request, cause, place, browser));

describe("the headers that a PC gets", () => {
  it("are the page's, and what a browser adds", () => {
    expect(
      named(
        asked({
          headers: [
            ["X-Own", "1"],
            ["accept", "text/plain"],
          ],
        }),
      ),
    ).toEqual({
      "x-own": "1",
      accept: "text/plain",
      "user-agent": "Browser/1",
      "accept-language": "ja,en-GB;q=0.9,en;q=0.8",
      "accept-encoding": "gzip, deflate",
      referer: "http://127.0.0.1:8000/page?q",
      "sec-fetch-site": "same-origin",
      "sec-fetch-mode": "cors",
      "sec-fetch-dest": "empty",
    });
  });

  it("have the app's own origin where something is sent", () => {
    expect(named(asked({ method: "POST" })).origin).toBe("http://127.0.0.1:8000");
    expect(named(asked()).origin).toBeUndefined();
  });

  it("hold nothing that scripts pretend, no cookie and nothing of ours", () => {
    const headers = [
      ["Cookie", "a=1"],
      ["Origin", "https://evil.example"],
      ["Sec-Fetch-Site", "none"],
      ["x-ora-shim-length", "5"],
    ] as const;
    const sent = named(asked({ headers }));
    expect(sent.cookie).toBeUndefined();
    expect(sent["sec-fetch-site"]).toBe("same-origin");
    expect(Object.keys(sent).filter((name) => name.startsWith("x-ora"))).toEqual([]);
    expect(sent.origin).toBeUndefined();
  });

  it("ask for no encoding of a part", () => {
    expect(named(asked({ headers: [["range", "bytes=0-1"]] }))["accept-encoding"]).toBe("identity");
  });

  it.each([
    [{}, "same-origin"],
    [{ mode: "navigate" }, "same-origin"],
    [{ mode: "navigate", referrer: "" }, "none"],
    [{ mode: "navigate", referrer: "https://evil.example/" }, "cross-site"],
    [{ mode: "navigate", referrer: "https://x.example.evil/" }, "cross-site"],
    [{ mode: "navigate", method: "POST" }, "same-origin"],
    [{ mode: "navigate", method: "POST", referrer: "" }, "cross-site"],
    [{ mode: "navigate", method: "POST", referrer: "", origin: "https://x.example" }, "same-origin"],
    [{ mode: "navigate", method: "POST", origin: "https://evil.example" }, "cross-site"],
    [{ mode: "navigate", method: "POST", referrer: "http://127.0.0.1:8000/form" }, "cross-site"],
    [{ mode: "navigate", method: "POST", origin: "http://127.0.0.1:8000" }, "cross-site"],
    [{ mode: "navigate", referrer: "http://localhost:8000/" }, "cross-site"],
  ] as const)("%j is caused by %s", (part, cause) => {
    expect(causeOf(asked(part), place)).toBe(cause);
  });

  it("of another site's navigation name nobody", () => {
    const sent = named(asked({ mode: "navigate", method: "POST", referrer: "https://evil.example/x" }));
    expect(sent).toMatchObject({ origin: "null", "sec-fetch-site": "cross-site" });
    expect(sent.referer).toBeUndefined();
  });
});

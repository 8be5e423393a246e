import { describe, expect, it } from "vitest";
import { requestHead } from "./request-head.ts";

const asked = { method: "GET", target: "/a?b", headers: [["Host", "api"] as const] };

describe("the head of a request", () => {
  it("says what was asked, in the words it was asked in", () => {
    const headers = [["Host", "api"] as const, ["x-Name", "\u00fc \t"] as const, ["X-Empty", ""] as const];
    expect(requestHead({ ...asked, method: "pUrge", headers }, 0, false)).toBe(
      "pUrge /a?b HTTP/1.1\r\nHost: api\r\nx-Name: \u00fc \t\r\nX-Empty: \r\nconnection: keep-alive\r\n\r\n",
    );
  });

  it("has a length where there is a body, or a server waits for one", () => {
    const length = (method: string, bytes: number) =>
      /content-length: (\d+)/.exec(requestHead({ ...asked, method }, bytes, false) ?? "")?.[1];
    expect([length("GET", 0), length("DELETE", 0), length("GET", 3)]).toEqual([undefined, undefined, "3"]);
    expect([length("POST", 0), length("PUT", 0), length("PATCH", 5)]).toEqual(["0", "0", "5"]);
  });

  it("says that its connection is not used again", () => {
    expect(requestHead(asked, 0, true)).toMatch(/\r\nconnection: close\r\n\r\n$/);
  });

  it.each([
    { method: "GET /x" },
    { method: "" },
    { target: "/a b" },
    { target: "/a\r\nX: y" },
    { target: "/\u00fc" },
    { headers: [["X\r\nY", "1"] as const] },
    { headers: [["X: y", "1"] as const] },
    { headers: [["X", "1\r\nY: 2"] as const] },
    { headers: [["X", "1\n"] as const] },
    { headers: [["X", "\0"] as const] },
    { headers: [["X", "\u0100"] as const] },
  ])("is none where it would be another: %j", (change) => {
    expect(requestHead({ ...asked, ...change }, 0, false)).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { checkDraft } from "./check-draft.ts";
import { BLANK_BODY, BLANK_DRAFT } from "./draft.ts";
import { tidyPath } from "./tidy-path.ts";

describe("what keeps a draft from being sent", () => {
  it("is nothing for a blank one, and for any method that HTTP knows", () => {
    expect(checkDraft(BLANK_DRAFT)).toEqual([]);
    for (const method of ["PROPFIND", "M-SEARCH", "get", "x"]) {
      expect(checkDraft({ ...BLANK_DRAFT, method }), method).toEqual([]);
    }
  });

  it.each([
    ["", "empty"],
    ["GE T", "not_a_word"],
    ["GET\r\nX", "not_a_word"],
    ["CONNECT", "not_allowed"],
    ["trace", "not_allowed"],
  ])("is a method such as %j", (method, why) => {
    expect(checkDraft({ ...BLANK_DRAFT, method })).toEqual([{ place: "method", why }]);
  });

  it("is a path that names another host", () => {
    expect(checkDraft({ ...BLANK_DRAFT, path: "//evil.example/x" })).toEqual([
      { place: "path", why: "two_slashes" },
    ]);
  });

  it("is a header that would change the shape of the message, by its line; blank lines are none", () => {
    const headers = [
      { name: "", value: "" },
      { name: "x-a", value: "b\r\nx-evil: 1" },
      { name: "x y", value: "" },
      { name: "", value: "v" },
      { name: "x-ok", value: "caf\u00e9\t!" },
      { name: "x-wide", value: "日本" },
    ];
    expect(checkDraft({ ...BLANK_DRAFT, headers })).toEqual([
      { place: "header", line: 1, why: "value" },
      { place: "header", line: 2, why: "name" },
      { place: "header", line: 3, why: "name" },
      { place: "header", line: 5, why: "value" },
    ]);
  });

  it("is JSON that is none, with the place, and a file that was not chosen", () => {
    const body = { ...BLANK_BODY, kind: "json", json: '{\n  "a": 1,\n}' } as const;
    expect(checkDraft({ ...BLANK_DRAFT, body })).toEqual([
      { place: "json", why: { line: 3, column: 1, isEnd: false } },
    ]);
    expect(checkDraft({ ...BLANK_DRAFT, body: { ...BLANK_BODY, kind: "file" } })).toEqual([
      { place: "file", why: "missing" },
    ]);
  });
});

describe("a typed path", () => {
  it.each([
    ["items", "/items"],
    ["  /a b ", "/a%20b"],
    ["http://127.0.0.1:8000/x?y=1#z", "/x?y=1"],
    ["https://host", "/"],
    ["?q=1", "/?q=1"],
    ["/日本?q=é", "/%E6%97%A5%E6%9C%AC?q=%C3%A9"],
    ["/a%20b/../c//d?x=[1]&y={2}", "/a%20b/../c//d?x=[1]&y={2}"],
    ["/back\\slash", "/back%5Cslash"],
    ["/line\r\nbreak", "/line%0D%0Abreak"],
    ["/\ud800", "/%EF%BF%BD"],
    ["", "/"],
  ])("%j is sent as %j", (typed, sent) => {
    expect(tidyPath(typed)).toBe(sent);
  });
});

import { describe, expect, it } from "vitest";
import type { HeaderPair } from "./request-headers.ts";
import { saved } from "./saved.ts";

const disposition = (given: HeaderPair[], name = "", address = "https://x.example/dir/file%20a.txt?q") =>
  saved(given, { address, name }).find(([header]) => header === "content-disposition")?.[1];

describe("what a link names as a download", () => {
  it("has the link's name, or its address's", () => {
    expect(disposition([], "my (1) 日本.txt")).toBe(
      "attachment; filename*=UTF-8''my%20%281%29%20%E6%97%A5%E6%9C%AC.txt",
    );
    expect(disposition([])).toBe("attachment; filename*=UTF-8''file%20a.txt");
    expect(disposition([], "", "https://x.example/")).toBe("attachment");
    expect(disposition([], "100%.txt")).toBe("attachment; filename*=UTF-8''100%25.txt");
  });

  it("has the answer's own name first", () => {
    expect(disposition([["content-disposition", 'inline; filename="own.txt"']], "link.txt")).toBe(
      'attachment; filename="own.txt"',
    );
    expect(disposition([["content-disposition", "inline"]], "link.txt")).toBe(
      "attachment; filename*=UTF-8''link.txt",
    );
  });

  it("keeps the other headers, but for those about showing", () => {
    const given: HeaderPair[] = [
      ["content-type", "text/html"],
      ["x-frame-options", "DENY"],
    ];
    expect(saved(given, { address: "https://x.example/", name: "" })).toEqual([
      ["content-type", "text/html"],
      ["content-disposition", "attachment"],
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { headerSpelling } from "./header-spelling.ts";

describe("a header's spelling", () => {
  it.each(["X-HTTP-Method", "x_http_method", "X_HTTP-Method", "x.http~method"])("of %s is one", (name) =>
    expect(headerSpelling(name)).toBe("x-http-method"),
  );

  it("tells other names apart", () => {
    expect(headerSpelling("x-http-methods")).not.toBe(headerSpelling("x-http-method"));
    expect(headerSpelling("xhttpmethod")).not.toBe(headerSpelling("x-http-method"));
  });
});

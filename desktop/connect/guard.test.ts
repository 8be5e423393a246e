import { describe, expect, it } from "vitest";
import { guardOf } from "./guard.ts";
import type { IncomingHead } from "./incoming-head.ts";

const guard = guardOf(9020);
const head = (part: Partial<IncomingHead>): IncomingHead => ({
  forwarded: [],
  hosts: ["127.0.0.1:9020"],
  origins: [],
  site: undefined,
  mode: undefined,
  destination: undefined,
  hasBody: false,
  isCoded: false,
  ...part,
});
const ask = (part: Partial<IncomingHead>, method = "GET") => guard(method, head(part));

describe("who may use the local address", () => {
  it.each(["127.0.0.1:9020", "localhost:9020", "LocalHost:9020", "[::1]:9020"])(
    "programs that ask for %s",
    (host) => {
      expect(ask({ hosts: [host] })).toBeUndefined();
      expect(
        ask({ hosts: [host], origins: [`http://${host.toLowerCase()}`], site: "same-origin" }, "POST"),
      ).toBeUndefined();
    },
  );

  it.each([
    "evil.example:9020",
    "127.0.0.1",
    "127.0.0.1:9021",
    "localhost",
    "localhost.:9020",
    "127.0.0.1.nip.io:9020",
    "2130706433:9020",
    "127.1:9020",
    "0.0.0.0:9020",
    "[::ffff:127.0.0.1]:9020",
    "a@127.0.0.1:9020",
    "127.0.0.1:9020, evil.example",
    " 127.0.0.1:9020",
    "",
  ])("not pages whose name was made to point here: %j", (host) => {
    expect(ask({ hosts: [host] })).toBe("bad_host");
  });

  it("not requests without a host, or with two", () => {
    expect(ask({ hosts: [] })).toBe("bad_host");
    expect(ask({ hosts: ["127.0.0.1:9020", "127.0.0.1:9020"] })).toBe("bad_host");
  });

  it.each([
    "null",
    "",
    "https://127.0.0.1:9020",
    "http://127.0.0.1",
    "http://127.0.0.1:9021",
    "http://evil.example",
    "http://127.0.0.1:9020.evil.example",
    "http://evil.example#http://127.0.0.1:9020",
    "chrome-extension://127.0.0.1:9020",
  ])("not pages of the origin %j", (origin) => {
    expect(ask({ origins: [origin] })).toBe("bad_origin");
    expect(ask({ origins: ["http://127.0.0.1:9020", origin] })).toBe("bad_origin");
  });

  it.each(["cross-site", "same-site", "anything"])("not what a %s page causes without an Origin", (site) => {
    expect(ask({ site, mode: "no-cors", destination: "image" })).toBe("cross_site");
    expect(ask({ site, mode: "navigate", destination: "iframe" })).toBe("cross_site");
    expect(ask({ site, mode: "navigate", destination: "document" }, "POST")).toBe("cross_site");
    expect(ask({ site })).toBe("cross_site");
  });

  it("who follows a link, or types the address", () => {
    expect(ask({ site: "cross-site", mode: "navigate", destination: "document" })).toBeUndefined();
    expect(ask({ site: "none", mode: "navigate", destination: "document" })).toBeUndefined();
  });

  it("on port 80 also under the names alone", () => {
    expect(guardOf(80)("GET", head({ hosts: ["localhost"], origins: ["http://localhost"] }))).toBeUndefined();
    expect(guardOf(80)("GET", head({ hosts: ["evil.example"] }))).toBe("bad_host");
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RelayHarness } from "../testing/relay-harness.ts";

describe("GET /", () => {
  let relay: RelayHarness;
  beforeEach(async () => {
    relay = await RelayHarness.start();
  });
  afterEach(() => relay.stop());

  it("is a page that may not be framed, loads nothing and sets no cookie", async () => {
    const response = await fetch(`${relay.http}/`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/html");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(await response.text()).toContain("<title>ORA Relay</title>");
  });
});

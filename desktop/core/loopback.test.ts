import { describe, expect, it } from "vitest";
import { isLoopbackHost } from "./loopback.ts";

describe("loopback hosts", () => {
  it.each(["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.10", "[::1]", "::1"])("%s is loopback", (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each([
    "app.localhost",
    ".localhost",
    "127.0.0.1.example.com",
    "localhost.example.com",
    "notlocalhost",
    "10.0.0.1",
    "0.0.0.0",
    "[::2]",
    "127.1",
    "",
  ])("%s is not", (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });

  it("sees through the spellings that URL normalises", () => {
    expect(isLoopbackHost(new URL("ws://0x7f.1:9010").hostname)).toBe(true);
    expect(isLoopbackHost(new URL("ws://[0:0:0:0:0:0:0:1]:9010").hostname)).toBe(true);
  });
});

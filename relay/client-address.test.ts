import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { addressKey, clientAddress } from "./client-address.ts";

function from(remoteAddress: string, forwarded?: string): IncomingMessage {
  const socket = Object.defineProperty(new Socket(), "remoteAddress", { value: remoteAddress });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers["x-forwarded-for"] = forwarded;
  return request;
}

describe("a client's address", () => {
  it("is the socket's, an IPv4 one in its plain form", () => {
    expect(clientAddress(from("::ffff:10.0.0.1"), false)).toBe("10.0.0.1");
    expect(clientAddress(from("2001:db8::1", "10.0.0.2"), false)).toBe("2001:db8::1");
  });

  it("is the last hop a trusted proxy names, and the proxy's own when that is no address", () => {
    expect(clientAddress(from("10.0.0.1", "1.1.1.1, 2.2.2.2"), true)).toBe("2.2.2.2");
    expect(clientAddress(from("10.0.0.1", "1.1.1.1, ::FFFF:2.2.2.2 "), true)).toBe("2.2.2.2");
    for (const bad of ["", "1.1.1.1,", "unknown", "<script>", "1.1.1.1:", "[1.1.1.1", "[]:80", "::1]:80"]) {
      expect(clientAddress(from("10.0.0.1", bad), true), bad).toBe("10.0.0.1");
    }
    expect(clientAddress(from("10.0.0.1"), true)).toBe("10.0.0.1");
  });

  it("is the same however the trusted proxy writes it", () => {
    for (const written of [
      "2.2.2.2:80",
      "::ffff:2.2.2.2",
      "::ffff:202:202",
      "0:0:0:0:0:FFFF:0202:0202",
      "[::ffff:202:202]:80",
    ]) {
      expect(clientAddress(from("10.0.0.1", written), true), written).toBe("2.2.2.2");
    }
    expect(clientAddress(from("10.0.0.1", "[2001:db8::1]:443"), true)).toBe("2001:db8::1");
    expect(clientAddress(from("10.0.0.1", "::1:ffff:202:202"), true)).toBe("::1:ffff:202:202");
  });
});

describe("attempts", () => {
  it("count by the whole IPv4 address", () => {
    expect(addressKey("10.0.0.1")).not.toBe(addressKey("10.0.0.2"));
  });

  it("count by the /64 of an IPv6 address, however it is written", () => {
    const key = "2001:db8:0:1::/64";
    for (const address of [
      "2001:db8:0:1::",
      "2001:DB8::1:0:0:0:1",
      "2001:db8:0:1:ffff::9",
      "2001:db8:0:1::1%eth0",
    ]) {
      expect(addressKey(address), address).toBe(key);
    }
    expect(addressKey("2001:db8:0:2::1")).not.toBe(key);
    expect(addressKey("::1")).toBe("0:0:0:0::/64");
    expect(addressKey("64:ff9b::1.2.3.4")).toBe("64:ff9b:0:0::/64");
    expect(addressKey("::1.2.3.4")).toBe("0:0:0:0::/64");
  });
});

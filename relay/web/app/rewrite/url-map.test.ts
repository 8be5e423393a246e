import { describe, expect, it } from "vitest";
import { type AppPlace, addressHere, addressThere, locationHere, tunnelPath } from "./url-map.ts";

const place: AppPlace = {
  origin: "https://x.relay.example",
  aliases: ["http://127.0.0.1:8000", "http://localhost:8000"],
  basePath: "",
};
const below: AppPlace = { ...place, basePath: "/app" };

describe("addresses of an app", () => {
  it.each([
    ["http://127.0.0.1:8000/a?b#c", "https://x.relay.example/a?b#c"],
    ["http://localhost:8000", "https://x.relay.example/"],
    ["http://127.0.0.1:8001/a", undefined],
    ["https://127.0.0.1:8000/a", undefined],
    ["http://127.0.0.1:8000.evil.example/", undefined],
    ["http://user@127.0.0.1:8000/", "https://x.relay.example/"],
    ["/relative", undefined],
    ["no url", undefined],
  ])("%s is here %s", (there, here) => {
    expect(addressHere(there, place)).toBe(here);
  });

  it("below a base path are those below it alone", () => {
    expect(addressHere("http://127.0.0.1:8000/app/a", below)).toBe("https://x.relay.example/a");
    expect(addressHere("http://127.0.0.1:8000/app", below)).toBe("https://x.relay.example/");
    expect(addressHere("http://127.0.0.1:8000/apple", below)).toBeUndefined();
  });

  it("are asked for by path and query", () => {
    expect(tunnelPath("https://x.relay.example/a%20b?c=d#e", place)).toBe("/a%20b?c=d");
    expect(tunnelPath("http://localhost:8000/a", place)).toBe("/a");
    expect(tunnelPath("https://cdn.example/a", place)).toBeUndefined();
  });

  it("are written as the app knows them", () => {
    expect(addressThere("https://x.relay.example/a?b", below)).toBe("http://127.0.0.1:8000/app/a?b");
    expect(addressThere("https://x.relay.example", place)).toBe("http://127.0.0.1:8000");
    expect(addressThere("https://x.relay.example.evil/a", place)).toBe("https://x.relay.example.evil/a");
  });

  it.each([
    ["/next", "/next", "/next"],
    ["next?a", "next?a", "next?a"],
    ["http://127.0.0.1:8000/app/next", "https://x.relay.example/app/next", "https://x.relay.example/next"],
    ["/app/next?to=/app/x", "/app/next?to=/app/x", "/next?to=/app/x"],
    ["//other.example/app/x", "//other.example/app/x", "//other.example/app/x"],
    ["https://other.example/", "https://other.example/", "https://other.example/"],
  ])("in a Location: %s", (location, plain, based) => {
    expect(locationHere(location, place)).toBe(plain);
    expect(locationHere(location, below)).toBe(based);
  });
});

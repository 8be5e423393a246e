import { describe, expect, it } from "vitest";
import { localTarget } from "../local-proxy/local-target.ts";
import { appRequestHeaders, requestSite, withoutSetCookie } from "./app-headers.ts";
import { appPlace, cookieHosts } from "./app-place.ts";

const target = localTarget(new URL("http://127.0.0.1:8000"));
const under = localTarget(new URL("http://127.0.0.1:8000/base"));

describe("the site that a web app's request comes from", () => {
  it.each([
    ["GET", [], "same-site"],
    ["POST", [["sec-fetch-site", "same-origin"]], "same-site"],
    ["GET", [["Sec-Fetch-Site", " None "]], "same-site"],
    [
      "GET",
      [
        ["sec-fetch-site", "cross-site"],
        ["sec-fetch-mode", "navigate"],
      ],
      "cross-site-link",
    ],
    [
      "GET",
      [
        ["sec-fetch-site", "cross-site"],
        ["sec-fetch-mode", "navigate"],
        ["sec-fetch-dest", "document"],
      ],
      "cross-site-link",
    ],
    [
      "GET",
      [
        ["sec-fetch-site", "cross-site"],
        ["sec-fetch-mode", "navigate"],
        ["sec-fetch-dest", "iframe"],
      ],
      "cross-site",
    ],
    [
      "POST",
      [
        ["sec-fetch-site", "cross-site"],
        ["sec-fetch-mode", "navigate"],
      ],
      "cross-site",
    ],
    [
      "GET",
      [
        ["sec-fetch-site", "cross-site"],
        ["sec-fetch-mode", "no-cors"],
      ],
      "cross-site",
    ],
    ["GET", [["sec-fetch-site", "word-of-a-time-to-come"]], "cross-site"],
  ] as const)("%s %j is %s", (method, headers, site) => {
    expect(requestSite(method, headers)).toBe(site);
  });
});

describe("the headers of a web app's request", () => {
  const page = "https://abc.relay.example";

  it("name the API's own origin where the app's own page asks", () => {
    const asked = [
      ["sec-fetch-site", "same-origin"],
      ["Origin", page],
      ["Referer", `${page}/notes?x=1#top`],
      ["accept", "*/*"],
    ] as const;
    expect(appRequestHeaders(asked, target)).toEqual([
      ["sec-fetch-site", "same-origin"],
      ["Origin", "http://127.0.0.1:8000"],
      ["Referer", "http://127.0.0.1:8000/notes?x=1"],
      ["accept", "*/*"],
    ]);
    expect(appRequestHeaders(asked, under)).toContainEqual([
      "Referer",
      "http://127.0.0.1:8000/base/notes?x=1",
    ]);
  });

  it("are left as they are when they name the API already", () => {
    const asked = [
      ["sec-fetch-site", "same-origin"],
      ["origin", "http://127.0.0.1:8000"],
      ["referer", "http://127.0.0.1:8000/base/notes"],
    ] as const;
    expect(appRequestHeaders(asked, under)).toEqual(asked);
  });

  it.each(["cross-site", "same-site", "none", undefined])(
    "stay what they are when the site is %s",
    (site) => {
      const asked = [
        ...(site === undefined ? [] : ([["sec-fetch-site", site]] as const)),
        ["origin", "https://evil.example"],
        ["referer", "https://evil.example/x"],
      ] as const;
      expect(appRequestHeaders(asked, target)).toEqual(asked);
    },
  );

  it("never hold cookies that the request brings, nor a referer that is no address", () => {
    const asked = [
      ["Cookie", "a=1"],
      ["cookie", "b=2"],
      ["Cookie2", "c"],
      ["sec-fetch-site", "same-origin"],
      ["referer", "nowhere"],
    ] as const;
    expect(appRequestHeaders(asked, target)).toEqual([["sec-fetch-site", "same-origin"]]);
  });
});

describe("an answer", () => {
  it("is parted from what sets cookies, in every spelling", () => {
    const answer = [
      ["Set-Cookie", "a=1"],
      ["etag", "x"],
      ["set-cookie", "b=2"],
      ["SET-COOKIE2", "c=3"],
      ["set_cookie", "d=4"],
    ] as const;
    expect(withoutSetCookie(answer)).toEqual({ rest: [["etag", "x"]], setCookies: ["a=1", "b=2"] });
  });
});

describe("what the local API is called", () => {
  it("is every name of this machine, its own first", () => {
    expect(appPlace(target, "studio")).toEqual({
      name: "studio",
      origins: ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"],
      basePath: "",
    });
    expect(appPlace(localTarget(new URL("https://localhost/x/")), "")).toMatchObject({
      origins: ["https://localhost", "https://127.0.0.1", "https://[::1]"],
      basePath: "/x",
    });
  });

  it("is its one name on another machine", () => {
    expect(appPlace(localTarget(new URL("http://nas.lan:81")), "").origins).toEqual(["http://nas.lan:81"]);
  });

  it("is for cookies also what the API is told that clients call it", () => {
    expect(cookieHosts(target, "relay.example:443")).toEqual([
      "127.0.0.1",
      "localhost",
      "::1",
      "relay.example",
    ]);
    expect(cookieHosts(target, "[::1]:9010")).toEqual(["127.0.0.1", "localhost", "::1"]);
  });
});

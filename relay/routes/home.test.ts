import { request } from "node:http";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RelayHarness } from "../testing/relay-harness.ts";
import { webFile } from "../web-files.ts";

const PAGE = Buffer.from("<!doctype html><script>early()</script><title>home</title>");
const SCRIPT = Buffer.from("run()".repeat(100));
/** `early()`, as `openssl dgst -sha256 -binary | base64` has it. */
const EARLY_HASH = "sha256-G2Y/0fpEoq/QMzbid/byF0KE5sX9e6ar19Om2+xoMnU=";

const web = {
  home: new Map([
    ["index.html", webFile("index.html", PAGE)],
    [
      "assets/home-1A2B3C4D.js",
      webFile("home-1A2B3C4D.js", SCRIPT, { br: brotliCompressSync(SCRIPT), gzip: gzipSync(SCRIPT) }),
    ],
  ]),
  app: new Map([["worker.js", webFile("worker.js", SCRIPT)]]),
};

interface Answer {
  readonly status: number | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

let relay: RelayHarness;

/** As it stands on the wire: nothing is decompressed. */
function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${relay.http}${path}`, { method, headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
    });
    sent.on("error", reject).end();
  });
}

describe("the home page's files", () => {
  beforeEach(async () => {
    relay = await RelayHarness.start({}, { web });
  });
  afterEach(() => relay.stop());

  it("come with a policy that begins with nothing, and without a cookie, a frame or a referrer", async () => {
    const { status, headers, body } = await get("/", { cookie: "planted=1" });
    expect(status).toBe(200);
    expect(body.equals(PAGE)).toBe(true);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    const policy = String(headers["content-security-policy"]).split("; ");
    expect(policy[0]).toBe("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).toContain(`script-src 'self' '${EARLY_HASH}'`);
    expect(policy.join(" ")).not.toMatch(/unsafe|\*/);
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["set-cookie"]).toBeUndefined();
    // It is asked for anew each time, or nobody would get the next one.
    expect(headers["cache-control"]).toBe("no-cache");
  });

  it("are packed as the browser takes them, and kept for ever where the name holds the hash", async () => {
    const path = "/assets/home-1A2B3C4D.js";
    const plain = await get(path);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(plain.body.equals(SCRIPT)).toBe(true);
    expect(plain.headers["cache-control"]).toContain("immutable");
    expect(plain.headers.vary).toBe("Accept-Encoding");
    const brotli = await get(path, { "accept-encoding": "gzip, br" });
    expect(brotli.headers["content-encoding"]).toBe("br");
    expect(brotliDecompressSync(brotli.body).equals(SCRIPT)).toBe(true);
    const gzip = await get(path, { "accept-encoding": "gzip, br;q=0" });
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(gzip.body).equals(SCRIPT)).toBe(true);
  });

  it("are not sent again to who has them", async () => {
    const first = await get("/");
    const again = await get("/", { "if-none-match": String(first.headers.etag) });
    expect(again.status).toBe(304);
    expect(again.body.length).toBe(0);
    expect(again.headers["content-security-policy"]).toBe(first.headers["content-security-policy"]);
  });

  it("answer to HEAD and to no other method", async () => {
    const head = await get("/", {}, "HEAD");
    expect(head.status).toBe(200);
    expect(head.body.length).toBe(0);
    expect((await get("/", {}, "POST")).status).toBe(404);
  });

  it("are those of the list alone: no path reaches a disk or the other origin's files", async () => {
    for (const path of [
      "/index.html/",
      "/worker.js",
      "/~ora/worker.js",
      "/assets/",
      "/assets/../../package.json",
      "/%2e%2e/package.json",
      "//index.html",
      "/__proto__",
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
  });

  it("name the relay's own sockets where it knows its address", async () => {
    await relay.stop();
    relay = await RelayHarness.start({ ORA_RELAY_PUBLIC_URL: "https://relay.example/base" }, { web });
    const { headers } = await get("/");
    expect(headers["content-security-policy"]).toContain("connect-src 'self' wss://relay.example;");
  });
});

it("a relay without pages serves none", async () => {
  relay = await RelayHarness.start();
  expect((await get("/")).status).toBe(404);
  await relay.stop();
});

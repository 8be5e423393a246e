import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HeaderPairs } from "#shared/mux/heads.ts";
import type { RelaySession } from "./relay-client.ts";
import { bodyOf, chunksOf } from "./testing/bodies.ts";
import { settle } from "./testing/step-clock.ts";
import { patterned, type ServedRequest } from "./testing/test-api.ts";
import { TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
let session: RelaySession;
beforeEach(async () => {
  world = new TestWorld();
  await world.relay.start();
  session = await world.session();
});
afterEach(() => world.stop());

async function answering(path: string, answer: (request: ServedRequest) => void): Promise<void> {
  answer(await world.api.next(path));
}

describe("fetch through the tunnel", () => {
  it("sends method, path, headers and body as given", async () => {
    const fetched = session.fetch("/a/../b/%2e?x=%zz#fragment", {
      method: "PROPFIND",
      headers: { "X-Token": "t" },
      body: "Grüße",
    });
    const served = await world.api.next("/a/../b/%2e");
    expect(served.head).toMatchObject({ method: "PROPFIND", path: "/a/../b/%2e?x=%zz" });
    expect(served.header("x-token")).toBe("t");
    expect(served.header("content-type")).toBe("text/plain;charset=UTF-8");
    expect(String(await served.body())).toBe("Grüße");
    served.respond(201, [], "made");
    const response = await fetched;
    expect([response.status, await response.text()]).toEqual([201, "made"]);
  });

  it("takes a Request or a URL for its path, whatever their origin", async () => {
    const request = new Request("https://anything.example/hello?x", { headers: { a: "b" } });
    expect(await (await session.fetch(request)).text()).toBe("hello");
    expect(await (await session.fetch(new URL("http://other.example/hello"))).text()).toBe("hello");
    const posted = new Request("https://x.example/echo", { method: "POST", body: "body" });
    expect(await (await session.fetch(posted)).text()).toBe("body");
    expect(posted.bodyUsed).toBe(true);
  });

  it("says that a request without a body has none", async () => {
    const fetched = session.fetch("/none", { method: "DELETE" });
    const served = await world.api.next("/none");
    expect(served.head.end).toBe(true);
    served.respond(204);
    expect((await fetched).body).toBeNull();
  });

  it("keeps several cookies apart, and the headers as they came", async () => {
    const headers: HeaderPairs = [
      ["Set-Cookie", "a=1; Path=/"],
      ["X-Two", "1"],
      ["set-cookie", "b=2"],
      ["X-Two", "gr\u00fc\u00df"],
    ];
    const fetched = session.fetch("/cookies");
    await answering("/cookies", (served) => served.respond(200, headers, "x"));
    const response = await fetched;
    expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2"]);
    expect(response.headers.get("x-two")).toBe("1, gr\u00fc\u00df");
    expect(response.headerPairs).toEqual(headers);
  });

  it("hands redirects out as answers", async () => {
    const fetched = session.fetch("/moved");
    await answering("/moved", (served) => served.respond(302, [["location", "/hello"]], ""));
    const response = await fetched;
    expect([response.status, response.headers.get("location")]).toEqual([302, "/hello"]);
  });

  it.each([
    ["HEAD", 200, [["content-length", "1000"]]],
    ["GET", 204, []],
    ["GET", 205, []],
    ["GET", 304, [["content-length", "1000"]]],
  ] as [string, number, HeaderPairs][])("%s with %d has no body", async (method, status, headers) => {
    const fetched = session.fetch("/empty", { method });
    await answering("/empty", (served) => served.stream.respond({ status, headers, end: true }));
    const response = await fetched;
    expect([response.status, response.body]).toEqual([status, null]);
  });

  it("streams both ways at once", async () => {
    let send: (chunk: Uint8Array | undefined) => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        send = (chunk) => (chunk === undefined ? controller.close() : controller.enqueue(chunk));
      },
    });
    const fetched = session.fetch("/duplex", { method: "POST", body });
    const served = await world.api.next("/duplex");
    served.stream.respond({ status: 200, headers: [] });
    const reader = (await fetched).body?.getReader();
    for (const word of ["one", "two", "three"]) {
      send(Buffer.from(word));
      await served.until(() => served.chunks.length > 0);
      served.stream.write(Buffer.concat(served.chunks.splice(0)));
      expect(String(Buffer.from((await reader?.read())?.value ?? []))).toBe(word);
    }
    send(undefined);
    await served.body();
    served.stream.end();
    expect((await reader?.read())?.done).toBe(true);
  });

  it("reads a body only as fast as the API takes it", async () => {
    const { stream, log } = bodyOf(chunksOf(20_000_000, 100_000));
    const fetched = session.fetch("/slow", { method: "POST", body: stream });
    const served = await world.api.next("/slow");
    served.isReading = false;
    await served.until(() => served.received >= 200_000);
    await settle();
    // One window at the PC, one buffer here, and the chunk at hand.
    expect(log.taken).toBeLessThan(1_500_000);
    served.resume();
    const body = await served.body();
    expect(body.equals(patterned(0, 20_000_000))).toBe(true);
    served.respond(200, [], "done");
    expect(await (await fetched).text()).toBe("done");
  });

  it("gives the PC credit only for what was read, and slows nobody else", async () => {
    const slow = await session.fetch("/bytes?n=50000000");
    for (let round = 0; round < 10; round += 1) {
      expect(await (await session.fetch("/hello")).text()).toBe("hello");
    }
    const reader = slow.body?.getReader();
    let total = 0;
    for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
      expect(Buffer.compare(read.value, patterned(total, read.value.length))).toBe(0);
      total += read.value.length;
    }
    expect(total).toBe(50_000_000);
  });

  it("needs no reader for an answer that has come whole: hundreds of them keep nobody out", async () => {
    for (let round = 0; round < 300; round += 1) expect((await session.fetch("/hello")).status).toBe(200);
    const late = await session.fetch("/bytes?n=200000");
    for (let round = 0; round < 300; round += 1) expect((await session.fetch("/hello")).status).toBe(200);
    const bytes = new Uint8Array(await late.arrayBuffer());
    expect(Buffer.compare(bytes, patterned(0, 200_000))).toBe(0);
  });

  it("stops sending a body that the API did not wait for", async () => {
    const endless = function* () {
      for (;;) yield new Uint8Array(10_000);
    };
    const { stream, log } = bodyOf(endless());
    const fetched = session.fetch("/early", { method: "POST", body: stream });
    const served = await world.api.next("/early");
    served.respond(413, [], "too big");
    served.stream.stop();
    const response = await fetched;
    expect([response.status, await response.text()]).toEqual([413, "too big"]);
    while (log.cancelled === undefined) await settle(1);
  });

  it("fails with its body's own error, and tells the API", async () => {
    const broken = new Error("disk gone");
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(broken),
    });
    await expect(session.fetch("/broken", { method: "POST", body })).rejects.toBe(broken);
    const words = new ReadableStream({ start: (controller) => controller.enqueue("text") });
    await expect(session.fetch("/broken", { method: "POST", body: words })).rejects.toThrow();
  });

  it("refuses what HTTP does not allow, before anything is sent", async () => {
    await expect(session.fetch("/a b")).rejects.toMatchObject({ code: "bad_request" });
    await expect(session.fetch(`/${"a".repeat(20_000)}`)).rejects.toMatchObject({ code: "too_large" });
    expect(world.api.requests).toEqual([]);
  });
});

describe("many requests", () => {
  it("share a channel, and more than 128 wait for room", async () => {
    let open = 0;
    let most = 0;
    world.api.on("/wait", async (request) => {
      open += 1;
      most = Math.max(most, open);
      await settle(2);
      open -= 1;
      request.respond(200, [], request.query.get("n") ?? "");
    });
    const numbers = Array.from({ length: 500 }, (_, number) => String(number));
    const answers = await Promise.all(numbers.map(async (n) => (await session.fetch(`/wait?n=${n}`)).text()));
    expect(answers).toEqual(numbers);
    expect(most).toBe(128);
  });
});

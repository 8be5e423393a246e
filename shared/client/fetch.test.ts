import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HeaderPairs } from "#shared/mux/heads.ts";
import type { RelaySession } from "./relay-client.ts";
import { RelayError } from "./relay-error.ts";
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

/** A body that gives `chunks` and tells how many were taken. */
function bodyOf(chunks: Iterable<Uint8Array>) {
  const iterator = chunks[Symbol.iterator]();
  const log = { taken: 0, cancelled: undefined as unknown };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = iterator.next();
        if (done) controller.close();
        else {
          log.taken += value.length;
          controller.enqueue(value);
        }
      },
      cancel(reason) {
        log.cancelled = reason ?? "cancelled";
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, log };
}

function* chunksOf(total: number, size: number): Generator<Uint8Array> {
  for (let at = 0; at < total; at += size) yield patterned(at, Math.min(size, total - at));
}

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

describe("a cut answer", () => {
  it.each([0, 1, 65_535, 65_536, 200_000])("is never a short one, after %d bytes", async (length) => {
    for (const headers of [[], [["content-length", "1000000"]]] as HeaderPairs[]) {
      const fetched = session.fetch("/cut");
      const served = await world.api.next("/cut");
      served.stream.respond({ status: 200, headers });
      const response = await fetched;
      if (length > 0) served.stream.write(patterned(0, length));
      const reader = response.body?.getReader();
      let read = 0;
      while (read < length) read += (await reader?.read())?.value?.length ?? 0;
      served.stream.reset("truncated");
      await expect(reader?.read()).rejects.toMatchObject({ code: "truncated" });
    }
  });

  it("is one also when the channel is cut, or the answer is shorter or longer than announced", async () => {
    const first = session.fetch("/cut");
    const served = await world.api.next("/cut");
    served.stream.respond({ status: 200, headers: [] });
    const text = (await first).text();
    world.relay.cut();
    await expect(text).rejects.toMatchObject({ code: "truncated" });

    for (const [announced, code] of [
      ["10", "truncated"],
      ["3", "bad_response"],
    ]) {
      const fetched = session.fetch("/length");
      await answering("/length", (request) =>
        request.respond(200, [["content-length", announced ?? ""]], "12345"),
      );
      await expect((await fetched).text()).rejects.toMatchObject({ code });
    }
  });

  it("has a length that is one number, or it is no answer", async () => {
    for (const headers of [
      [["content-length", "5, 6"]],
      [["content-length", "-1"]],
      [
        ["content-length", "5"],
        ["Content-Length", "6"],
      ],
    ] as HeaderPairs[]) {
      const fetched = session.fetch("/length");
      await answering("/length", (request) => request.respond(200, headers, "12345"));
      await expect(fetched).rejects.toMatchObject({ code: "bad_response", hop: "local-api" });
    }
    const fetched = session.fetch("/length");
    await answering("/length", (request) => request.respond(200, [["content-length", "5, 5"]], "12345"));
    expect(await (await fetched).text()).toBe("12345");
  });

  it("has a status that a Response can have", async () => {
    const fetched = session.fetch("/odd");
    await answering("/odd", (request) => request.respond(999, [], "x"));
    await expect(fetched).rejects.toMatchObject({ code: "bad_response" });
  });
});

describe("aborting", () => {
  const reason = new Error("enough");

  it("before the answer rejects, and tells the API", async () => {
    const abort = new AbortController();
    const fetched = session.fetch("/wait", { signal: abort.signal });
    const served = await world.api.next("/wait");
    abort.abort(reason);
    await expect(fetched).rejects.toBe(reason);
    await served.until(() => served.resetWith !== undefined);
    expect(served.resetWith?.code).toBe("cancelled");
  });

  it("before anything rejects, and nothing is sent", async () => {
    const abort = new AbortController();
    abort.abort(reason);
    await expect(session.fetch("/never", { signal: abort.signal })).rejects.toBe(reason);
    await session.fetch("/hello");
    expect(world.api.requests).toEqual([]);
  });

  it("during the answer fails its body, also when all of it has arrived", async () => {
    for (const isWhole of [false, true]) {
      const abort = new AbortController();
      const fetched = session.fetch("/body", { signal: abort.signal });
      const served = await world.api.next("/body");
      served.stream.respond({ status: 200, headers: [] });
      served.stream.write(new Uint8Array(1_000));
      if (isWhole) served.stream.end();
      const response = await fetched;
      await session.fetch("/hello");
      abort.abort(reason);
      await expect(response.text()).rejects.toBe(reason);
      if (isWhole) continue;
      await served.until(() => served.resetWith !== undefined);
      expect(served.resetWith?.code).toBe("cancelled");
    }
  });

  it("during the upload stops reading the body", async () => {
    const abort = new AbortController();
    const { stream, log } = bodyOf(chunksOf(50_000_000, 50_000));
    const fetched = session.fetch("/up", { method: "POST", body: stream, signal: abort.signal });
    const served = await world.api.next("/up");
    served.isReading = false;
    abort.abort(reason);
    await expect(fetched).rejects.toBe(reason);
    expect(log.taken).toBeLessThan(1_500_000);
  });

  it("by cancelling the body tells the API", async () => {
    const fetched = session.fetch("/events");
    const served = await world.api.next("/events");
    served.stream.respond({ status: 200, headers: [] });
    await (await fetched).body?.cancel();
    await served.until(() => served.resetWith !== undefined);
    expect(served.resetWith?.code).toBe("cancelled");
  });

  it("a thousand times leaves nothing behind", async () => {
    for (let round = 0; round < 1_000; round += 1) {
      const abort = new AbortController();
      const fetched = session.fetch("/bytes?n=20000", { signal: abort.signal });
      abort.abort(reason);
      await expect(fetched).rejects.toBe(reason);
    }
    const response = await session.fetch("/bytes?n=2000000");
    expect((await response.arrayBuffer()).byteLength).toBe(2_000_000);
    while (world.node.muxer.openStreams > 0) await settle(1);
  });
});

describe("a request that failed", () => {
  it.each([
    ["unreachable", "unreachable", "local-api"],
    ["timeout", "timeout", "local-api"],
    ["denied", "forbidden", "node"],
    ["internal", "stream_error", "node"],
    ["too_large", "too_large", "node"],
  ] as const)("by RESET %s says so with its hop", async (code, problem, hop) => {
    const fetched = session.fetch("/fail");
    await answering("/fail", (request) => request.stream.reset(code, "ConnectError"));
    const error = await fetched.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RelayError);
    expect(error).toMatchObject({ code: problem, hop, problem: { detail: "ConnectError" } });
  });

  it("shows nothing of a reason that is more than a word", async () => {
    const fetched = session.fetch("/fail");
    await answering("/fail", (request) => request.stream.reset("internal", "<b>/home/kim/secret path</b>"));
    await expect(fetched).rejects.not.toThrow(/secret/);
  });

  it("is sent again when it was refused untouched, three times in all", async () => {
    let times = 0;
    world.api.on("/busy", (request) => {
      times += 1;
      request.stream.reset("refused");
    });
    await expect(session.fetch("/busy", { method: "POST" })).rejects.toMatchObject({ code: "refused" });
    expect(times).toBe(3);
  });

  it("is sent again after a cut when it is idempotent and has no body, and only then", async () => {
    const seen: string[] = [];
    world.api.on("/once", (request) => {
      seen.push(request.head.method);
      if (seen.length % 2 === 1) world.relay.cut();
      else request.respond(200, [], "second");
    });
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
      expect(await (await session.fetch("/once", { method })).text()).toBe("second");
    }
    expect(seen).toEqual(["GET", "GET", "PUT", "PUT", "DELETE", "DELETE", "OPTIONS", "OPTIONS"]);
  });

  it.each([
    ["POST without a body", { method: "POST" }],
    ["PUT with a body", { method: "PUT", body: "x" }],
    ["PATCH with a body", { method: "PATCH", body: "x" }],
  ])("is not sent again after a cut: %s", async (_, init) => {
    let times = 0;
    world.api.on("/once", () => {
      times += 1;
      world.relay.cut();
    });
    await expect(session.fetch("/once", init)).rejects.toMatchObject({
      code: "connection_lost",
      hop: "client-relay",
    });
    await session.fetch("/hello");
    expect(times).toBe(1);
  });

  it("waits for a connection, with its body unread until there is one", async () => {
    const { record, device } = await world.pair();
    world.relay.refuse = () => ({ error: "node_offline", close: 4503 });
    const waiting = world.connect(record, { deviceKey: device.key });
    const { stream, log } = bodyOf([patterned(0, 10)]);
    const fetched = waiting.fetch("/echo", { method: "POST", body: stream });
    await settle();
    expect(log.taken).toBe(0);
    world.relay.refuse = undefined;
    expect((await (await fetched).arrayBuffer()).byteLength).toBe(10);
  });

  it("is answered after its wait, with what is wrong", async () => {
    const { record, device } = await world.pair();
    world.relay.refuse = () => ({ error: "node_offline", close: 4503 });
    const waiting = world.connect(record, { deviceKey: device.key });
    await expect(waiting.fetch("/hello", { waitMs: 300 })).rejects.toMatchObject({
      code: "node_offline",
      hop: "relay-node",
    });
  });

  it("fails at once when the session was closed", async () => {
    session.close();
    await expect(session.fetch("/hello")).rejects.toMatchObject({ code: "closed" });
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

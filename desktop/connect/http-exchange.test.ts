import { createHash } from "node:crypto";
import { Agent, type IncomingMessage, request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { patterned } from "#shared/client/testing/test-api.ts";
import type { HeaderPairs } from "#shared/mux/heads.ts";
import { ConnectWorld } from "./testing/connect-world.ts";
import { RawConnection } from "./testing/raw-http.ts";

let world: ConnectWorld;
let address: string;
beforeEach(async () => {
  world = new ConnectWorld();
  await world.start();
  address = await world.listening();
});
afterEach(() => world.stop());

const host = () => new URL(address).host;

/** Sends and waits for the head of the answer. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; agent?: Agent } = {},
) {
  const sent = request(`${address}${path}`, options);
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on("response", resolve);
    sent.on("error", reject);
  });
  return { sent, answer };
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe("a request through ora-connect", () => {
  it("passes with its method, path, headers and body, and its answer comes back", async () => {
    const response = await fetch(`${address}/echo?x=%2F1&y`, {
      method: "PATCH",
      headers: { "content-type": "text/plain", "x-ora-token": "abc", cookie: "a=1" },
      body: "Grüße",
    });
    expect(await response.text()).toBe("Grüße");
    const seen = await new Promise((resolve) => {
      world.api.on("/see", (request) => {
        resolve(request.head);
        request.respond(204);
      });
      void fetch(`${address}/see/../see?q=%41`, { headers: { "x-ora-token": "abc" } });
    });
    expect(seen).toMatchObject({ method: "GET", path: "/see?q=%41", end: true });
  });

  it("keeps its path as written, dots, encodings and all", async () => {
    const raw = new RawConnection(address);
    raw.write(`GET /a/../b/%2e%2E//c?d=%zz HTTP/1.1\r\nHost: ${host()}\r\n\r\n`);
    const served = await world.api.next("/a/../b/%2e%2E//c");
    expect(served.head.path).toBe("/a/../b/%2e%2E//c?d=%zz");
    served.respond(204);
    await raw.until(/^HTTP\/1.1 204 No Content\r\n/);
  });

  it("loses what is of this hop, and nothing else", async () => {
    const raw = new RawConnection(address);
    raw.write(
      `POST /hop HTTP/1.1\r\nHost: ${host()}\r\nOrigin: http://${host()}\r\nConnection: close, X-One\r\nX-One: 1\r\n` +
        "Keep-Alive: 5\r\nTE: trailers\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\nProxy-Authorization: x\r\n" +
        "Cookie: a=1\r\nCookie: b=2\r\nX-Two: 2\r\n\r\n0\r\n\r\n",
    );
    const served = await world.api.next("/hop");
    expect(served.head.headers).toEqual([
      ["Cookie", "a=1"],
      ["Cookie", "b=2"],
      ["X-Two", "2"],
    ]);
    expect(await served.body()).toHaveLength(0);
    served.respond(200, [], "ok");
    await raw.until(/HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n/);
  });

  it("brings back several cookies, an unusual status, and latin-1", async () => {
    world.api.on("/cookies", (request) => {
      request.respond(
        299,
        [
          ["Set-Cookie", "a=1"],
          ["set-cookie", "b=2; Path=/"],
          ["X-Latin", "gr\u00fc\u00df"],
          ["Connection", "close"],
          ["Transfer-Encoding", "chunked"],
          ["x-ora-connect", "forged"],
        ],
        "x",
      );
    });
    const { sent, answer } = ask("/cookies");
    sent.end();
    const response = await answer;
    expect(response.statusCode).toBe(299);
    expect(response.headers["set-cookie"]).toEqual(["a=1", "b=2; Path=/"]);
    expect(response.headers["x-latin"]).toBe("gr\u00fc\u00df");
    expect(response.headers).not.toHaveProperty("x-ora-connect");
    expect(response.headers).not.toHaveProperty("date");
    expect(String(await readAll(response))).toBe("x");
  });

  it.each([
    [204, "GET"],
    [304, "GET"],
    [200, "HEAD"],
  ])("%d to %s has no body and does not spoil the connection", async (status, method) => {
    world.api.on("/none", (request) => {
      request.stream.respond({
        status,
        headers: method === "HEAD" ? [["content-length", "5"]] : [],
        end: true,
      });
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let round = 0; round < 3; round += 1) {
      const { sent, answer } = ask("/none", { method, agent });
      sent.end();
      const response = await answer;
      expect(response.statusCode).toBe(status);
      expect(await readAll(response)).toHaveLength(0);
      if (method === "HEAD") expect(response.headers["content-length"]).toBe("5");
    }
    const { sent, answer } = ask("/hello", { agent });
    sent.end();
    expect(String(await readAll(await answer))).toBe("hello");
    agent.destroy();
  });

  it("passes Range and 206", async () => {
    world.api.on("/video", (request) => {
      expect(request.header("range")).toBe("bytes=2-4");
      request.respond(206, [["content-range", "bytes 2-4/10"]], "234");
    });
    const response = await fetch(`${address}/video`, { headers: { range: "bytes=2-4" } });
    expect([response.status, response.headers.get("content-range"), await response.text()]).toEqual([
      206,
      "bytes 2-4/10",
      "234",
    ]);
  });

  it("passes trailers both ways", async () => {
    const raw = new RawConnection(address);
    raw.write(
      `POST /t HTTP/1.1\r\nHost: ${host()}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n`,
    );
    const served = await world.api.next("/t");
    await served.body();
    expect(served.trailers).toEqual([["X-Sum", "1"]]);
    served.stream.respond({ status: 200, headers: [] });
    served.stream.write(Buffer.from("b"));
    served.stream.end([["X-Sum", "2"]]);
    await raw.until(/\r\n\r\n1\r\nb\r\n0\r\nX-Sum: 2\r\n\r\n$/);
  });

  it("carries events as they come, head first", async () => {
    const { sent, answer } = ask("/events");
    sent.end();
    const served = await world.api.next("/events");
    served.stream.respond({ status: 200, headers: [["content-type", "text/event-stream"]] });
    const response = await answer;
    const events = response[Symbol.asyncIterator]();
    for (const event of ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]) {
      served.stream.write(Buffer.from(event));
      expect(String((await events.next()).value)).toBe(event);
    }
    served.stream.end();
    expect((await events.next()).done).toBe(true);
  });

  it("streams both ways at once", async () => {
    const { sent, answer } = ask("/duplex", { method: "POST" });
    sent.write("one");
    const served = await world.api.next("/duplex");
    served.stream.respond({ status: 200, headers: [] });
    const replies = (await answer)[Symbol.asyncIterator]();
    for (const word of ["one", "two", "three"]) {
      if (word !== "one") sent.write(word);
      await served.until(() => served.chunks.length > 0);
      const heard = Buffer.concat(served.chunks.splice(0));
      expect(String(heard)).toBe(word);
      served.stream.write(heard);
      expect(String((await replies.next()).value)).toBe(word);
    }
    sent.end();
    await served.body();
    served.stream.end();
    expect((await replies.next()).done).toBe(true);
  });
});

describe("bodies of any size", () => {
  it("come and go whole", async () => {
    const bytes = patterned(0, 20_000_000);
    const hash = createHash("sha256");
    world.api.on("/up", async (request) => {
      await request.body();
      for (const chunk of request.chunks) hash.update(chunk);
      request.respond(200, [], "done");
    });
    const up = await fetch(`${address}/up`, { method: "POST", body: new Uint8Array(bytes) });
    expect(await up.text()).toBe("done");
    expect(hash.digest("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));

    const down = Buffer.from(await (await fetch(`${address}/bytes?n=20000000&chunk=70001`)).arrayBuffer());
    expect(down.equals(bytes)).toBe(true);
  });

  it("wait for a slow reader, who slows nobody else", async () => {
    const { sent, answer } = ask("/bytes?n=100000000");
    sent.end();
    const slow = await answer;
    // Nothing is read; what is under way is bounded by credit and by the kernel's buffers.
    for (let round = 0; round < 20; round += 1)
      expect(await (await fetch(`${address}/hello`)).text()).toBe("hello");
    let total = 0;
    for await (const chunk of slow) {
      total += (chunk as Buffer).length;
      if (total > 30_000_000) break;
    }
    expect(total).toBeGreaterThan(30_000_000);
  });

  it("wait for a slow API, wherever the client pauses, and the connection stays usable", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    // Around the sizes at which something pauses: the stream's buffer, its window, a record, a socket's read.
    const sizes = [
      1, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073, 262_143, 262_144, 262_145, 400_001, 1_000_003,
    ];
    for (const size of sizes) {
      const { sent, answer } = ask("/slow", { method: "POST", agent });
      sent.end(patterned(0, size));
      const served = await world.api.next("/slow");
      served.isReading = false;
      await served.until(() => served.received >= Math.min(size, 262_144));
      served.resume();
      const body = await served.body();
      expect(body.equals(patterned(0, size))).toBe(true);
      served.respond(200, [], String(size));
      expect(String(await readAll(await answer))).toBe(String(size));
    }
    agent.destroy();
  });

  it("that the API does not want are dropped, and the connection stays usable", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const size of [10, 70_000, 300_000, 1_500_000]) {
      const { sent, answer } = ask("/refuse", { method: "POST", agent });
      sent.end(patterned(0, size));
      const served = await world.api.next("/refuse");
      served.isReading = false;
      served.respond(413, [], "no");
      served.stream.stop();
      expect((await answer).statusCode).toBe(413);
      expect(String(await readAll(await answer))).toBe("no");
      const again = ask("/hello", { agent });
      again.sent.end();
      expect(String(await readAll(await again.answer))).toBe("hello");
    }
    agent.destroy();
  });
});

describe("an end before its time", () => {
  it("of the client reaches the API, while uploading and while downloading", async () => {
    const up = ask("/up", { method: "POST" });
    up.sent.write("x");
    const uploading = await world.api.next("/up");
    up.answer.catch(() => undefined);
    up.sent.destroy();
    await uploading.until(() => uploading.resetWith !== undefined);
    expect(uploading.resetWith?.code).toBe("cancelled");

    const down = ask("/down");
    down.sent.end();
    const downloading = await world.api.next("/down");
    downloading.stream.respond({ status: 200, headers: [] });
    (await down.answer).destroy();
    await downloading.until(() => downloading.resetWith !== undefined);
    expect(downloading.resetWith?.code).toBe("cancelled");
  });

  it("of the client reaches the API while it has not answered", async () => {
    const { sent, answer } = ask("/wait");
    answer.catch(() => undefined);
    sent.end();
    const served = await world.api.next("/wait");
    sent.destroy();
    await served.until(() => served.resetWith !== undefined);
    expect(served.resetWith?.code).toBe("cancelled");
  });

  it("of the client is also when it closes its half: to HTTP servers that means that it has left", async () => {
    const raw = new RawConnection(address);
    raw.write(`GET /half HTTP/1.1\r\nHost: ${host()}\r\n\r\n`);
    const served = await world.api.next("/half");
    raw.socket.end();
    await served.until(() => served.resetWith !== undefined);
    expect(served.resetWith?.code).toBe("cancelled");
  });

  it.each(["content-length", "chunked"])("of an answer is never taken for its end: %s", async (framing) => {
    for (const sent of [0, 1, 999, 70_000]) {
      const { sent: out, answer } = ask("/cut");
      out.end();
      const served = await world.api.next("/cut");
      const headers: HeaderPairs = framing === "chunked" ? [] : [["content-length", "100000"]];
      served.stream.respond({ status: 200, headers });
      const response = await answer;
      if (sent > 0) served.stream.write(patterned(0, sent));
      let read = 0;
      const reading = (async () => {
        for await (const chunk of response) {
          read += (chunk as Buffer).length;
          if (read === sent) served.stream.reset("truncated");
        }
      })();
      if (sent === 0) served.stream.reset("truncated");
      await expect(reading).rejects.toThrow("aborted");
      expect(read).toBe(sent);
    }
  });

  it("of an answer resets a connection whose end is the only end of the body", async () => {
    const raw = new RawConnection(address);
    raw.write(`GET /old HTTP/1.0\r\nHost: ${host()}\r\n\r\n`);
    const served = await world.api.next("/old");
    served.stream.respond({ status: 200, headers: [] });
    served.stream.write(Buffer.from("part"));
    await raw.until(/part$/);
    served.stream.reset("truncated");
    expect(await raw.ended()).toBe("reset");
  });

  it("of the channel cuts every answer under way", async () => {
    const { sent, answer } = ask("/cut");
    sent.end();
    const served = await world.api.next("/cut");
    served.stream.respond({ status: 200, headers: [] });
    served.stream.write(Buffer.from("part"));
    const response = await answer;
    const reading = (async () => {
      for await (const _ of response) world.relay.cut();
    })();
    await expect(reading).rejects.toThrow("aborted");
  });

  it("that the API's answer is too short or too long shows as well", async () => {
    world.api.on("/short", (request) => request.respond(200, [["content-length", "10"]], "123"));
    world.api.on("/long", async (request) => {
      request.stream.respond({ status: 200, headers: [["content-length", "3"]] });
      request.stream.write(Buffer.from("123"));
      await new Promise((resolve) => setImmediate(resolve));
      request.stream.write(Buffer.from("4"));
      request.stream.end();
    });
    const short = await fetch(`${address}/short`);
    expect(short.status).toBe(502);
    expect(await short.json()).toMatchObject({ error: "truncated", hop: "node" });
    const long = ask("/long");
    long.sent.end();
    // Its three bytes are there, and what follows never becomes the next answer.
    expect(String(await readAll(await long.answer).catch(() => "123"))).toBe("123");
    expect(await (await fetch(`${address}/hello`)).text()).toBe("hello");
  });
});

describe("a request that cannot be carried out", () => {
  it.each([
    ["unreachable", 502, "local-api"],
    ["timeout", 504, "local-api"],
    ["denied", 403, "node"],
    ["internal", 502, "node"],
  ] as const)("%s is answered with the hop that broke", async (code, status, hop) => {
    world.api.on("/fail", (request) => request.stream.reset(code, "ConnectError"));
    const response = await fetch(`${address}/fail`, { method: "POST", body: "x" });
    expect(response.status).toBe(status);
    expect(response.headers.get("x-ora-connect")).not.toBeNull();
    expect(await response.json()).toMatchObject({ hop, detail: expect.stringContaining("(ConnectError)") });
  });

  it("is answered when its head is too large, or its path is none", async () => {
    const raw = new RawConnection(address);
    raw.write(`GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: ${host()}\r\n\r\n`);
    await raw.until(/^HTTP\/1.1 431 /);
    raw.write(`OPTIONS * HTTP/1.1\r\nHost: ${host()}\r\n\r\n`);
    await raw.until(/HTTP\/1.1 400 /);
    raw.write(`GET http://${host()}/hello HTTP/1.1\r\nHost: ${host()}\r\n\r\n`);
    await raw.until(/HTTP\/1.1 400 [\s\S]*HTTP\/1.1 400 /);
  });

  it("is sent again when the PC refused it untouched", async () => {
    let times = 0;
    world.api.on("/busy", (request) => {
      times += 1;
      if (times < 3) request.stream.reset("refused");
      else request.respond(200, [], "at last");
    });
    expect(await (await fetch(`${address}/busy`)).text()).toBe("at last");
    expect(times).toBe(3);
  });

  it("is sent again after a cut only when that cannot do it twice", async () => {
    let gets = 0;
    world.api.on("/once", (request) => {
      gets += 1;
      if (gets === 1) world.relay.cut();
      else request.respond(200, [], "second");
    });
    expect(await (await fetch(`${address}/once`)).text()).toBe("second");
    let posts = 0;
    world.api.on("/order", () => {
      posts += 1;
      world.relay.cut();
    });
    for (const body of ["one book", null]) {
      const response = await fetch(`${address}/order`, { method: "POST", ...(body !== null && { body }) });
      expect(response.status).toBe(502);
      expect(await response.json()).toMatchObject({ error: "connection_lost", hop: "client-relay" });
    }
    expect(posts).toBe(2);
  });

  it("waits for room when 128 are under way, and all are answered", async () => {
    let open = 0;
    let most = 0;
    world.api.on("/wait", async (request) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      request.respond(200, [], "x");
    });
    const answers = await Promise.all(
      Array.from({ length: 300 }, async () => (await fetch(`${address}/wait`)).text()),
    );
    expect(answers.every((answer) => answer === "x")).toBe(true);
    expect(most).toBeLessThanOrEqual(128);
  });
});

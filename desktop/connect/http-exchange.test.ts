import { Agent } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, readAll } from "./testing/ask.ts";
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

describe("a request through ora-connect", () => {
  it("passes with its method, path, headers and body, and its answer comes back", async () => {
    const response = await fetch(`${address}/echo?x=%2F1&y`, {
      method: "PATCH",
      headers: { "content-type": "text/plain", "x-ora-token": "abc", cookie: "a=1" },
      body: "Grüße",
    });
    expect(await response.text()).toBe("Grüße");
    let seen: unknown;
    world.api.on("/see", (request) => {
      seen = request.head;
      request.respond(204);
    });
    await fetch(`${address}/see/../see?q=%41`, { headers: { "x-ora-token": "abc" } });
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
    const { sent, answer } = ask(`${address}/cookies`);
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
      const { sent, answer } = ask(`${address}/none`, { method, agent });
      sent.end();
      const response = await answer;
      expect(response.statusCode).toBe(status);
      expect(await readAll(response)).toHaveLength(0);
      if (method === "HEAD") expect(response.headers["content-length"]).toBe("5");
    }
    const { sent, answer } = ask(`${address}/hello`, { agent });
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
    const { sent, answer } = ask(`${address}/events`);
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
    const { sent, answer } = ask(`${address}/duplex`, { method: "POST" });
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

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { patterned } from "#shared/client/testing/test-api.ts";
import type { HeaderPairs } from "#shared/mux/heads.ts";
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

describe("an end before its time", () => {
  it("of the client reaches the API, while uploading and while downloading", async () => {
    const up = ask(`${address}/up`, { method: "POST" });
    up.sent.write("x");
    const uploading = await world.api.next("/up");
    up.answer.catch(() => undefined);
    up.sent.destroy();
    await uploading.until(() => uploading.resetWith !== undefined);
    expect(uploading.resetWith?.code).toBe("cancelled");

    const down = ask(`${address}/down`);
    down.sent.end();
    const downloading = await world.api.next("/down");
    downloading.stream.respond({ status: 200, headers: [] });
    (await down.answer).destroy();
    await downloading.until(() => downloading.resetWith !== undefined);
    expect(downloading.resetWith?.code).toBe("cancelled");
  });

  it("of the client reaches the API while it has not answered", async () => {
    const { sent, answer } = ask(`${address}/wait`);
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
      const { sent: out, answer } = ask(`${address}/cut`);
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
    const { sent, answer } = ask(`${address}/cut`);
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
    const long = ask(`${address}/long`);
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

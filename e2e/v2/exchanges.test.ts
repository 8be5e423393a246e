/** Plain programs against odd APIs, through the shipped ora-connect, relay and node, each a process of its own. */
import { once } from "node:events";
import { Agent, METHODS, request } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { beforeAll, describe, expect, it } from "vitest";
import { ask, textOf } from "../support/ask.ts";
import { bulk, MIB } from "../support/bulk.ts";
import { deferred } from "../support/deferred.ts";
import { endingsOfAllTests } from "../support/endings.ts";
import type { Routes } from "../support/routes.ts";
import { startTunnel } from "../support/tunnel.ts";

const atTheEnd = endingsOfAllTests();
let api: Routes;
let origin: string;

beforeAll(async () => {
  ({ api, origin } = await startTunnel(atTheEnd));
  api.on("/method", (request, response) => {
    response.setHeader("x-method", request.method ?? "").end();
  });
});

describe("a request", () => {
  it("has any method that HTTP knows, but those that speak to the way itself", async () => {
    const methods = METHODS.filter((method) => method !== "CONNECT" && method !== "TRACE");
    const answers = await Promise.all(methods.map((method) => ask(origin, "/method", { method })));
    expect(answers.map(({ headers }) => headers["x-method"])).toEqual(methods);
    const trace = await ask(origin, "/method", { method: "TRACE" });
    expect(trace.statusCode).toBeGreaterThanOrEqual(400);
    expect(trace.headers["x-method"]).toBeUndefined();
  });

  it("and its answer go both ways at once, and each ends by itself", async () => {
    api.on("/echo", (request, response) => {
      request.on("data", (chunk) => response.write(chunk));
      request.on("end", () => response.end("the request has ended"));
    });
    const body = new Readable({ read: () => undefined });
    const answering = ask(origin, "/echo", { method: "POST", body });
    body.push("0;");
    let text = "";
    let count = 1;
    for await (const chunk of await answering) {
      text += chunk;
      // Each piece is sent only when the one before has come back.
      if (count < 50) body.push(`${count};`);
      else if (count === 50) body.push(null);
      count += 1;
    }
    expect(text).toBe(`${Array.from({ length: 50 }, (_, i) => `${i};`).join("")}the request has ended`);
  });

  it("may be answered before it has ended", async () => {
    api.on("/early", (request, response) => {
      request.once("data", () => response.writeHead(413).end("enough"));
    });
    const response = await ask(origin, "/early", { method: "POST", body: bulk(50 * MIB) });
    expect(response.statusCode).toBe(413);
    expect(await textOf(response)).toBe("enough");
  });

  it.each(["before its answer", "in the middle of its answer"])(
    "that is given up %s ends at the API",
    async (when) => {
      const path = `/given-up-${when.length}`;
      const reached = deferred();
      const left = deferred();
      api.on(path, (_, response) => {
        response.on("close", () => left.resolve());
        if (when !== "before its answer") response.writeHead(200).write("begun");
        reached.resolve();
      });
      const giveUp = new AbortController();
      const answer = ask(origin, path, { signal: giveUp.signal });
      await reached.promise;
      if (when === "before its answer") {
        giveUp.abort();
        await expect(answer).rejects.toThrow();
      } else {
        const response = await answer;
        await once(response, "data");
        response.destroy();
      }
      await left.promise;
    },
  );

  it("with too many headers is refused by name, and so is an answer with a megabyte of them", async () => {
    const headers = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`x-${i}`, "v".repeat(16_384)]));
    // Node's own server answers before the programs see such a head.
    expect(await ask(origin, "/method", { headers })).toMatchObject({ statusCode: 431 });
    const nearly = await ask(origin, "/method", { headers: { "x-big": "v".repeat(40_000) } });
    expect(nearly.statusCode).toBe(431);
    expect(JSON.parse(await textOf(nearly))).toMatchObject({ error: "too_large" });
    api.on("/big-head", (_, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.end();
    });
    for (const body of [undefined, "whole", silence()]) {
      const answer = await ask(origin, "/big-head", body === undefined ? {} : { method: "POST", body });
      expect(answer.statusCode).toBe(502);
      expect(answer.headers["x-ora-refused"]).toBe("bad_response");
      expect(JSON.parse(await textOf(answer))).toMatchObject({
        error: "bad_gateway",
        reason: "bad_response",
      });
    }
    // Nothing of it has cost the connection.
    expect((await ask(origin, "/method")).statusCode).toBe(200);
  });

  it("that expects to be told to go on is told, and its body arrives", async () => {
    api.on("/expect", async (request, response) => response.end(await buffer(request)));
    const response = await ask(origin, "/expect", {
      method: "POST",
      headers: { expect: "100-continue" },
      body: "the body",
    });
    expect(await textOf(response)).toBe("the body");
  });
});

describe("a request whose body is still to come", () => {
  it("is seen at once, and answered although no byte of it has come", async () => {
    api.on("/head-first", (_, response) => void response.end("answered"));
    const response = await ask(origin, "/head-first", { method: "POST", body: silence() });
    expect(await textOf(response)).toBe("answered");
  });

  it("may end long after the head of its answer, and be answered long after its end", async () => {
    const seen = deferred<string>();
    const answer = deferred();
    api.on("/patience", async (request, response) => {
      response.flushHeaders();
      seen.resolve(String(await buffer(request)));
      await answer.promise;
      response.end("at last");
    });
    const body = silence();
    const response = await ask(origin, "/patience", { method: "POST", body });
    body.push("late ");
    // Others come and go meanwhile.
    for (let times = 0; times < 5; times += 1) await textOf(await ask(origin, "/method"));
    body.push("and whole");
    body.push(null);
    expect(await seen.promise).toBe("late and whole");
    for (let times = 0; times < 5; times += 1) await textOf(await ask(origin, "/method"));
    answer.resolve();
    expect(await textOf(response)).toBe("at last");
  });

  it("and was answered whole leaves nothing behind that the next ones could meet", async () => {
    api.on("/enough", (incoming, response) => {
      incoming.resume();
      response.end("enough");
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    atTheEnd(() => agent.destroy());
    for (let times = 0; times < 20; times += 1) {
      // It ends only when its answer is whole; until then nobody else gets its connection.
      const early = request(`${origin}/enough`, { agent, method: "POST" });
      // A body that ends too late is cut off, which is not what is looked at here.
      early.on("error", () => undefined);
      early.flushHeaders();
      const [response] = await once(early, "response");
      expect(await textOf(response)).toBe("enough");
      early.end("of no use");
      const next = request(`${origin}/enough`, { agent, method: "POST" }).end("next");
      const [answer] = await once(next, "response");
      expect(await textOf(answer)).toBe("enough");
    }
  });

  it.each(["before its answer", "with its answer begun"])(
    "ends at the API when it is given up %s",
    async (when) => {
      const path = `/half-given-up-${when.length}`;
      const reached = deferred();
      const left = deferred<boolean>();
      api.on(path, (request, response) => {
        request.on("error", () => undefined);
        request.on("close", () => left.resolve(request.complete));
        request.once("data", () => {
          if (when !== "before its answer") response.write("begun");
          reached.resolve();
        });
      });
      const giveUp = new AbortController();
      const body = silence();
      body.push("half of it");
      const answer = ask(origin, path, { method: "POST", body, signal: giveUp.signal });
      answer.catch(() => undefined);
      await reached.promise;
      if (when !== "before its answer") {
        const response = await answer;
        response.on("error", () => undefined);
        await once(response, "data");
      }
      giveUp.abort();
      // Half a request is never taken for a whole one.
      expect(await left.promise).toBe(false);
    },
  );

  it("that its API drops is an error and no short success", async () => {
    api.on("/dropped", (request) => void request.once("data", () => request.socket.destroy()));
    const body = silence();
    body.push("half of it");
    const response = await ask(origin, "/dropped", { method: "POST", body });
    expect(response.statusCode).toBe(502);
    expect(JSON.parse(await textOf(response))).toMatchObject({ error: "unreachable", hop: "local-api" });
  });
});

/** A body that comes when the test says so. */
function silence(): Readable {
  return new Readable({ read: () => undefined });
}

describe("an answer", () => {
  it("of events comes event for event", async () => {
    const opened = deferred<(text: string) => void>();
    api.on("/events", (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      opened.resolve((text) => void response.write(text));
    });
    const response = await ask(origin, "/events");
    expect(response.headers["content-type"]).toBe("text/event-stream");
    const write = await opened.promise;
    for (let i = 0; i < 20; i += 1) {
      // The next is made only when this one has arrived.
      write(`data: ${i}\n\n`);
      const [chunk] = await once(response, "data");
      expect(String(chunk)).toBe(`data: ${i}\n\n`);
    }
    response.destroy();
  });

  it("keeps its cookies apart", async () => {
    api.on("/cookies", (_, response) => {
      response.setHeader("set-cookie", ["a=1", "b=2; Path=/"]).end();
    });
    expect((await ask(origin, "/cookies")).headers["set-cookie"]).toEqual(["a=1", "b=2; Path=/"]);
  });

  it("may be a part of a whole", async () => {
    api.on("/range", async (request, response) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
      response.writeHead(206, { "content-range": `bytes ${from}-${to}/${MIB}` });
      response.end(await buffer(bulk(Number(to) + 1, Number(from))));
    });
    const part = await ask(origin, "/range", { headers: { range: "bytes=70000-70099" } });
    expect(part.statusCode).toBe(206);
    expect(part.headers["content-range"]).toBe(`bytes 70000-70099/${MIB}`);
    expect(await buffer(part)).toEqual(await buffer(bulk(70_100, 70_000)));
  });

  it("has trailers, and its request had some", async () => {
    api.on("/trailers", async (request, response) => {
      await buffer(request);
      response.writeHead(200, { trailer: "x-sum" });
      response.write("body");
      response.addTrailers({ "x-sum": "down" });
      response.end();
    });
    const response = await ask(origin, "/trailers");
    expect(await textOf(response)).toBe("body");
    expect(response.trailers).toEqual({ "x-sum": "down" });
  });

  it("to HEAD, and of 204 and 304, has its headers and no body", async () => {
    api.on("/empty", (request, response) => {
      const status = Number(request.headers["x-status"]);
      response.writeHead(status, { etag: '"it"', ...(status === 200 && { "content-length": "1234567" }) });
      response.end();
    });
    for (const [method, status] of [
      ["HEAD", 200],
      ["GET", 204],
      ["GET", 304],
      ["DELETE", 204],
    ] as const) {
      const response = await ask(origin, "/empty", { method, headers: { "x-status": String(status) } });
      expect(response.statusCode).toBe(status);
      expect(response.headers.etag).toBe('"it"');
      expect(await textOf(response)).toBe("");
      if (method === "HEAD") expect(response.headers["content-length"]).toBe("1234567");
    }
  });

  it("comes after interim answers, of which nobody hears", async () => {
    api.on("/hints", (_, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.end("after the hints");
    });
    const response = await ask(origin, "/hints");
    expect(response.statusCode).toBe(200);
    expect(await textOf(response)).toBe("after the hints");
  });
});

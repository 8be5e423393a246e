/** Bodies of all sizes and manners, through the shipped ora-connect, relay and node, each a process of its own. */
import { once } from "node:events";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { ask, textOf } from "../support/ask.ts";
import { bulk, bulkChunks, bulkHash, hashOf, MIB } from "../support/bulk.ts";
import { deferred } from "../support/deferred.ts";
import { endingsOfAllTests } from "../support/endings.ts";
import { growthDuring, startTunnel, type Tunnel } from "../support/tunnel.ts";

const atTheEnd = endingsOfAllTests();
/** For those that move hundreds of megabytes: a guard against hanging. */
const BULKY_MS = 120_000;
/** What a program may hold for streams, garbage included: far below what passes through it. */
const HELD_BYTES = 120 * MIB;

let tunnel: Tunnel;

beforeAll(async () => {
  tunnel = await startTunnel(atTheEnd);
  tunnel.api.on("/hash", async (request, response) => {
    const hash = await hashOf(request).catch(() => undefined);
    if (hash !== undefined) response.end(hash);
  });
  tunnel.api.on("/bulk", (request, response) => {
    const length = Number(new URL(request.url ?? "", tunnel.origin).searchParams.get("bytes"));
    response.writeHead(200, { "content-length": length });
    // Whoever is cut off notices by himself.
    pipeline(bulk(length), response).catch(() => undefined);
  });
});

describe("bodies", () => {
  it(
    "of 200 MB come whole both ways, and no program ever holds much of them",
    async () => {
      const length = 200 * MIB;
      const growth = await growthDuring(tunnel, async () => {
        const up = await ask(tunnel.origin, "/hash", { method: "PUT", body: bulk(length) });
        expect(await textOf(up)).toBe(bulkHash(length));
        const down = await ask(tunnel.origin, `/bulk?bytes=${length}`);
        expect(await hashOf(down)).toBe(bulkHash(length));
      });
      for (const [name, bytes] of Object.entries(growth)) expect(bytes, name).toBeLessThan(HELD_BYTES);
    },
    BULKY_MS,
  );

  it(
    "that nobody reads slow no neighbour, who gets 500 MB meanwhile, and fill no program's memory",
    async () => {
      const length = 500 * MIB;
      const stopped = await ask(tunnel.origin, `/bulk?bytes=${length}`);
      stopped.pause();
      const growth = await growthDuring(tunnel, async () => {
        const down = await ask(tunnel.origin, `/bulk?bytes=${length}`);
        expect(await hashOf(down)).toBe(bulkHash(length));
      });
      for (const [name, bytes] of Object.entries(growth)) expect(bytes, name).toBeLessThan(HELD_BYTES);
      // It has only waited.
      let read = 0;
      for await (const chunk of stopped) {
        read += chunk.length;
        if (read > 20 * MIB) break;
      }
      expect(read).toBeGreaterThan(20 * MIB);
    },
    BULKY_MS,
  );

  it("that a hundred clients ask for and never read leave room for everybody else", async () => {
    const stopped = await Promise.all(
      Array.from({ length: 100 }, () => ask(tunnel.origin, `/bulk?bytes=${50 * MIB}`)),
    );
    const growth = await growthDuring(tunnel, async () => {
      const down = await ask(tunnel.origin, `/bulk?bytes=${50 * MIB}`);
      expect(await hashOf(down)).toBe(bulkHash(50 * MIB));
      // More than may be under way at once: the others wait for their turn.
      const many = await Promise.all(
        Array.from({ length: 1_000 }, async (_, i) => hashOf(await ask(tunnel.origin, `/bulk?bytes=${i}`))),
      );
      expect(many).toEqual(many.map((_, i) => bulkHash(i)));
    });
    for (const [name, bytes] of Object.entries(growth)) expect(bytes, name).toBeLessThan(HELD_BYTES);
    for (const response of stopped) response.destroy();
  });

  it("that are compressed stay so: a bomb passes as the few bytes it is", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * MIB), { level: 9 });
    let arrived: Buffer | undefined;
    tunnel.api.on("/bomb", async (request, response) => {
      arrived = await buffer(request);
      response.writeHead(200, { "content-encoding": "gzip", "content-length": bomb.length }).end(bomb);
    });
    const growth = await growthDuring(tunnel, async () => {
      const response = await ask(tunnel.origin, "/bomb", {
        method: "POST",
        headers: { "content-encoding": "gzip" },
        body: bomb,
      });
      expect(response.headers["content-encoding"]).toBe("gzip");
      expect((await buffer(response)).equals(bomb)).toBe(true);
      expect(arrived?.equals(bomb)).toBe(true);
    });
    for (const [name, bytes] of Object.entries(growth)) expect(bytes, name).toBeLessThan(50 * MIB);
  });

  it("in ten thousand pieces of a few bytes come whole both ways", async () => {
    const pieces = Array.from({ length: 10_000 }, (_, i) => `${i},`);
    const whole = pieces.join("");
    async function* inTurns() {
      for (const piece of pieces) {
        yield piece;
        // A turn of its own, and so a write, a chunk and a frame of its own.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    tunnel.api.on("/pieces", async (request, response) => {
      if (request.method === "GET") await pipeline(Readable.from(inTurns()), response);
      else response.end(String((await buffer(request)).equals(Buffer.from(whole))));
    });
    expect(await textOf(await ask(tunnel.origin, "/pieces"))).toBe(whole);
    const body = Readable.from(inTurns());
    expect(await textOf(await ask(tunnel.origin, "/pieces", { method: "POST", body }))).toBe("true");
  });

  /** Around what frames, records, credit and buffers begin and end with. */
  const OFFSETS = [
    0,
    1,
    255,
    4_096,
    16_384,
    63_471,
    63_488,
    65_536,
    131_072,
    262_143,
    262_144,
    262_145,
    MIB + 1,
  ];

  it.each(OFFSETS)("that pause after %i bytes hold back nothing of what came before", async (offset) => {
    const length = offset + 100_000;
    const goOn = deferred();
    tunnel.api.on(`/pause-${offset}`, async (_, response) => {
      response.writeHead(200, { "content-length": length });
      response.flushHeaders();
      for (const chunk of bulkChunks(offset)) if (!response.write(chunk)) await once(response, "drain");
      await goOn.promise;
      for (const chunk of bulkChunks(length, offset)) response.write(chunk);
      response.end();
    });
    const response = await ask(tunnel.origin, `/pause-${offset}`);
    let read = 0;
    const whole = hashOf(response, (bytes) => {
      read += bytes;
      if (read === offset) goOn.resolve();
    });
    if (offset === 0) goOn.resolve();
    expect(await whole).toBe(bulkHash(length));
  });

  it.each(OFFSETS)(
    "that the API cuts after %i bytes are cut for the reader, however they are framed",
    async (offset) => {
      tunnel.api.on(`/cut-${offset}`, async (request, response) => {
        const isChunked = request.url?.endsWith("?chunked") === true;
        response.writeHead(200, isChunked ? {} : { "content-length": offset + 1 });
        response.flushHeaders();
        for (const chunk of bulkChunks(offset)) if (!response.write(chunk)) await once(response, "drain");
        response.destroy();
      });
      for (const framing of ["length", "chunked"]) {
        // An API that is gone before its answer has begun to travel is a failure as well; what counts is that it shows.
        const outcome = await ask(tunnel.origin, `/cut-${offset}?${framing}`)
          .then(
            async (response) => (response.statusCode === 200 ? await hashOf(response) : "no answer"),
            () => "no answer",
          )
          .catch(() => "cut");
        expect(["cut", "no answer"], framing).toContain(outcome);
      }
    },
  );

  // Without a first byte the API has not heard of the request.
  it.each(OFFSETS.filter((offset) => offset > 0))(
    "that the client cuts after %i bytes are cut for the API",
    async (offset) => {
      const giveUp = new AbortController();
      const outcome = deferred<"whole" | "cut">();
      tunnel.api.on(`/upload-${offset}`, (request) => {
        let read = 0;
        hashOf(request, (bytes) => {
          read += bytes;
          if (read === offset) giveUp.abort();
        }).then(
          () => outcome.resolve("whole"),
          () => outcome.resolve("cut"),
        );
      });
      const body = new Readable({ read: () => undefined });
      for (const chunk of bulkChunks(offset)) body.push(Buffer.from(chunk));
      const answer = ask(tunnel.origin, `/upload-${offset}`, {
        method: "POST",
        headers: { "content-length": String(offset + 1) },
        body,
        signal: giveUp.signal,
      });
      await expect(answer).rejects.toThrow();
      expect(await outcome.promise).toBe("cut");
    },
  );
});

import { createHash } from "node:crypto";
import { Agent } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { patterned } from "#shared/client/testing/test-api.ts";
import type { HeaderPairs } from "#shared/mux/heads.ts";
import { ask, readAll } from "./testing/ask.ts";
import { ConnectWorld } from "./testing/connect-world.ts";

let world: ConnectWorld;
let address: string;
beforeEach(async () => {
  world = new ConnectWorld();
  await world.start();
  address = await world.listening();
});
afterEach(() => world.stop());

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

  it("leave room when they are over, also when the local connection had to wait with the last of them", async () => {
    for (let round = 0; round < 200; round += 1) {
      const response = await fetch(`${address}/bytes?n=120000&chunk=60000`);
      expect(response.status).toBe(200);
      expect((await response.arrayBuffer()).byteLength).toBe(120_000);
    }
  });

  it("wait for a slow reader, who slows nobody else", async () => {
    const { sent, answer } = ask(`${address}/bytes?n=100000000`);
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
      const { sent, answer } = ask(`${address}/slow`, { method: "POST", agent });
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
      const { sent, answer } = ask(`${address}/refuse`, { method: "POST", agent });
      sent.end(patterned(0, size));
      const served = await world.api.next("/refuse");
      served.isReading = false;
      served.respond(413, [], "no");
      served.stream.stop();
      expect((await answer).statusCode).toBe(413);
      expect(String(await readAll(await answer))).toBe("no");
      const again = ask(`${address}/hello`, { agent });
      again.sent.end();
      expect(String(await readAll(await again.answer))).toBe("hello");
    }
    agent.destroy();
  });

  it.each(["content-length", "chunked"])("arrive whole wherever the reader pauses: %s", async (framing) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    world.api.on("/sized", async (request) => {
      const total = Number(request.query.get("n"));
      const headers: HeaderPairs = framing === "chunked" ? [] : [["content-length", String(total)]];
      request.stream.respond({ status: 200, headers });
      await request.writeAll(total, Number(request.query.get("chunk")));
      request.stream.end();
    });
    // Around what a socket, a record, a stream's buffer and its window hold.
    const places = [1, 16_384, 63_000, 65_536, 131_072, 262_144, 300_000];
    const sizes = places.flatMap((place) => [place - 1, place, place + 1, place + 170]);
    for (const size of sizes) {
      const chunk = [777, 16_384, 65_536, 400_000][size % 4] ?? 777;
      const { sent, answer } = ask(`${address}/sized?n=${size}&chunk=${chunk}`, { agent });
      sent.end();
      const response = await answer;
      const read: Buffer[] = [];
      let pauses = 0;
      await new Promise<void>((resolve, reject) => {
        response.on("data", (part: Buffer) => {
          read.push(part);
          // At each chunk but every fifth, so also at the last one.
          pauses += 1;
          if (pauses % 5 === 0) return;
          response.pause();
          setImmediate(() => response.resume());
        });
        response.on("end", resolve);
        response.on("error", reject);
      });
      expect(Buffer.concat(read).equals(patterned(0, size)), `${size} bytes`).toBe(true);
    }
    agent.destroy();
  });
});

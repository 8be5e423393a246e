/**
 * Everything at once, on kept connections, in an order that a seed decides: each exchange is checked to the last byte,
 * and none may suffer from what its neighbours, or its forerunner on the same connection, did.
 */
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";
import { beforeAll, expect, it } from "vitest";
import { textOf } from "../support/ask.ts";
import { bulk, bulkHash, hashOf } from "../support/bulk.ts";
import { endingsOfAllTests } from "../support/endings.ts";
import { startTunnel, type Tunnel } from "../support/tunnel.ts";

const SEED = 20_260;
const PROGRAMS = 24;
const EXCHANGES = 60;
const MAX_BYTES = 700_000;

const atTheEnd = endingsOfAllTests();
let tunnel: Tunnel;

beforeAll(async () => {
  tunnel = await startTunnel(atTheEnd);
  const { api } = tunnel;
  const length = (url = "") => Number(new URL(url, api.origin).searchParams.get("n"));
  api.on(
    "/down",
    (request, response) => void pipeline(bulk(length(request.url)), response).catch(() => undefined),
  );
  api.on("/up", (request, response) => {
    hashOf(request).then(
      (hash) => response.end(hash),
      () => undefined,
    );
  });
  api.on("/echo", (request, response) => void pipeline(request, response).catch(() => undefined));
  api.on("/none", (_, response) => response.writeHead(204).end());
  api.on("/enough", (_, response) => response.writeHead(413).end("enough"));
  api.on("/cut", (request, response) => {
    response.writeHead(200, { "content-length": length(request.url) + 1 });
    bulk(length(request.url))
      .on("end", () => response.destroy())
      .pipe(response, { end: false });
  });
});

/** xorshift32. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

type Exchange = (agent: Agent, n: number) => Promise<unknown>;

/** Asks on a kept connection; the answer's head, or the error. */
function ask(
  agent: Agent,
  method: string,
  path: string,
  n: number,
  hasBody = false,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(tunnel.origin + path, { method, agent });
    request.on("response", resolve);
    request.on("error", reject);
    if (hasBody) pipeline(bulk(n), request).catch(() => undefined);
    else request.end();
  });
}

/** The hash of a body, or what there was instead of it. */
async function whole(response: IncomingMessage): Promise<string> {
  if (response.statusCode === 200) return hashOf(response);
  return `${response.statusCode} ${await textOf(response)}`;
}

const EXCHANGES_OF_ALL_KINDS: Record<string, Exchange> = {
  async download(agent, n) {
    expect(await whole(await ask(agent, "GET", `/down?n=${n}`, n))).toBe(bulkHash(n));
  },
  async upload(agent, n) {
    const response = await ask(agent, "PUT", "/up", n, true);
    expect([response.statusCode, await textOf(response)]).toEqual([200, bulkHash(n)]);
  },
  async echo(agent, n) {
    expect(await whole(await ask(agent, "POST", "/echo", n, true))).toBe(bulkHash(n));
  },
  async nothing(agent, n) {
    const response = await ask(agent, "DELETE", "/none", n);
    expect([response.statusCode, await textOf(response)]).toEqual([204, ""]);
  },
  async head(agent, n) {
    expect(await textOf(await ask(agent, "HEAD", `/down?n=${n}`, n))).toBe("");
  },
  async "answer that does not wait for the body"(agent, n) {
    const response = await ask(agent, "POST", "/enough", n, true);
    expect([response.statusCode, await textOf(response)]).toEqual([413, "enough"]);
  },
  async "answer that is cut"(agent, n) {
    const outcome = ask(agent, "GET", `/cut?n=${n}`, n).then(whole);
    // The API may be gone before anything of its answer was on the way.
    expect(await outcome.catch(() => "cut")).toMatch(/^(cut|502 )/);
  },
  async "download that is given up"(agent, n) {
    const response = await ask(agent, "GET", `/down?n=${n * 50}`, n);
    response.destroy();
  },
  async "upload that is given up"(agent, n) {
    const request = httpRequest(`${tunnel.origin}/up`, { method: "PUT", agent });
    request.on("error", () => undefined);
    await new Promise((resolve) => request.write(Buffer.alloc(n + 1), resolve));
    request.destroy();
  },
};

it("all comes right", async () => {
  const kinds = Object.entries(EXCHANGES_OF_ALL_KINDS);
  await Promise.all(
    Array.from({ length: PROGRAMS }, async (_, program) => {
      const next = numbers(SEED + program * 7_919);
      const agent = new Agent({ keepAlive: true, maxSockets: 2 });
      for (let i = 0; i < EXCHANGES; i += 1) {
        const [kind = "", exchange] = kinds[next(kinds.length)] ?? [];
        const n = next(4) === 0 ? next(100) : next(MAX_BYTES);
        await exchange?.(agent, n).catch((cause: unknown) => {
          throw new Error(`program ${program}, exchange ${i}: ${kind} of ${n} bytes`, { cause });
        });
      }
      agent.destroy();
    }),
  );
}, 60_000);

/**
 * A small API on this machine, so that a newcomer has something to reach before pointing the node at an API of his
 * own: a greeting, the time, an echo, and a clock as server-sent events. It listens on loopback alone and keeps
 * nothing.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DEMO_PAGE } from "./demo-page.ts";

export interface DemoApi {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

const MAX_ECHO_BYTES = 1_048_576;
const TICK_MS = 1_000;

function json(response: ServerResponse, status: number, value: unknown): void {
  const body = `${JSON.stringify(value, undefined, 2)}\n`;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

function greet(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.accept?.includes("text/html")) {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(DEMO_PAGE);
    return;
  }
  json(response, 200, {
    hello: "from your PC",
    try: ["/time", "/echo", "/clock?ticks=3"],
    next: "set ORA_NODE_API_BASE_URL to reach an API of your own",
  });
}

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_ECHO_BYTES) {
      json(response, 413, { error: `at most ${MAX_ECHO_BYTES} bytes` });
      return;
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString();
  json(response, 200, { method: request.method, path: request.url, headers: request.headers, body });
}

/** One event a second: without end, or as many as `?ticks=` says. */
function clock(response: ServerResponse, url: URL): void {
  const ticks = Number(url.searchParams.get("ticks") ?? Number.POSITIVE_INFINITY);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  let sent = 0;
  const tick = () => {
    sent += 1;
    response.write(`data: ${new Date().toISOString()}\n\n`);
    if (!(sent < ticks)) response.end();
  };
  const timer = setInterval(tick, TICK_MS);
  response.on("close", () => clearInterval(timer));
  response.on("finish", () => clearInterval(timer));
  tick();
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://demo.invalid");
  switch (url.pathname) {
    case "/":
      greet(request, response);
      return;
    case "/time":
      json(response, 200, { time: new Date().toISOString() });
      return;
    case "/echo":
      // A client that leaves in the middle has nobody left to answer.
      echo(request, response).catch(() => response.destroy());
      return;
    case "/clock":
      clock(response, url);
      return;
  }
  json(response, 404, { error: "not found", try: ["/", "/time", "/echo", "/clock?ticks=3"] });
}

export async function startDemoApi(): Promise<DemoApi> {
  const server = createServer((request, response) => {
    try {
      answer(request, response);
    } catch {
      // A request target that is no path; nothing else here throws.
      json(response, 400, { error: "bad request" });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

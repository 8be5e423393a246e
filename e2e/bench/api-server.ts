/** The API behind the node in every benchmark: fixed bodies, or an endless one, known to whoever asks, so that each can be checked. */
import { createServer, type ServerResponse } from "node:http";
import { answerParts } from "./many-parts.ts";

/** The body of `/bytes/N`: the same for each call and recognisable when cut or shifted. */
export function patternedBody(length: number): Buffer {
  const body = Buffer.alloc(length);
  for (let i = 0; i < length; i += 1) body[i] = (i * 31 + (i >> 8) * 7) & 0xff;
  return body;
}

/** A page of the API, in which a browser measures. */
const BENCH_PAGE = "<!doctype html><title>ready</title>";

const PIECE_BYTES = 64 * 1024;

/** As fast as it is taken, until the other end goes away. */
function writeEndlessly(response: ServerResponse): void {
  const piece = patternedBody(PIECE_BYTES);
  const fill = () => {
    while (!response.destroyed && response.write(piece)) {
      // Until the socket has enough.
    }
  };
  response.on("drain", fill);
  fill();
}

/** Listens on a free port of the loopback address and prints `api on PORT`. Ends with the process. */
export function runApiServer(): void {
  const bodies = new Map<number, Buffer>();
  const server = createServer((request, response) => {
    if (request.url === "/endless") {
      writeEndlessly(response);
      return;
    }
    if (answerParts(request.url ?? "", request.headers["if-none-match"], response)) return;
    if (request.url === "/page") {
      response.writeHead(200, { "content-type": "text/html" }).end(BENCH_PAGE);
      return;
    }
    if (request.method === "POST") {
      let received = 0;
      request.on("data", (chunk: Buffer) => {
        received += chunk.length;
      });
      request.on("end", () => response.end(String(received)));
      return;
    }
    const size = Number(request.url?.match(/^\/bytes\/(\d{1,9})$/)?.[1] ?? Number.NaN);
    if (Number.isNaN(size)) {
      response.writeHead(404).end();
      return;
    }
    let body = bodies.get(size);
    if (body === undefined) {
      body = patternedBody(size);
      bodies.set(size, body);
    }
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": size });
    response.end(body);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (typeof address === "object" && address !== null) console.log(`api on ${address.port}`);
  });
}

/** A local API that does everything a real one might, on a port of its own. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { type LocalTarget, localTarget } from "../local-proxy/local-target.ts";

export interface OddApi {
  readonly target: LocalTarget;
  /** Requests as they came, newest last. */
  readonly seen: { method: string; url: string; headers: string[] }[];
  /** Resolves at the next request to `/hang` with its connection's end. */
  readonly hangs: { closed: Promise<void> }[];
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export async function oddApi(basePath = ""): Promise<OddApi> {
  const seen: OddApi["seen"] = [];
  const hangs: OddApi["hangs"] = [];
  const handlers: Record<string, Handler> = {
    "/echo": (request, response) => {
      response.writeHead(200, { "x-method": request.method ?? "" });
      request.pipe(response);
    },
    "/hash": (request, response) => {
      const hash = createHash("sha256");
      request.on("data", (chunk: Buffer) => hash.update(chunk));
      request.on("end", () => response.end(hash.digest("hex")));
    },
    "/cookies": (_, response) => {
      response.setHeader("set-cookie", ["a=1", "b=2; Path=/"]);
      response.end("ok");
    },
    "/hop": (_, response) => {
      response.writeHead(200, {
        connection: "close, x-secret",
        "x-secret": "1",
        "x-ora-refused": "lie",
        "keep-alive": "1",
      });
      response.end("hop");
    },
    "/204": (_, response) => response.writeHead(204).end(),
    "/304": (_, response) => response.writeHead(304, { etag: '"x"' }).end(),
    "/early-hints": (_, response) => {
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.end("after hints");
    },
    "/redirect": (_, response) => response.writeHead(302, { location: "http://elsewhere.example/" }).end(),
    "/cut": (_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("part", () => response.destroy());
    },
    "/trailers": (_, response) => {
      response.writeHead(200, { trailer: "x-checksum" });
      response.write("body");
      response.addTrailers({ "x-checksum": "abc" });
      response.end();
    },
    "/length": (_, response) => response.writeHead(200, { "content-length": "1000" }).end(),
    "/reset": (request) => request.socket.destroy(),
    "/early": (_, response) => response.writeHead(413).end("too much"),
    "/hang": (request, response) => {
      const closed = new Promise<void>((resolve) => request.socket.once("close", () => resolve()));
      hangs.push({ closed });
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: first\n\n");
    },
    "/silent": (request) => {
      const closed = new Promise<void>((resolve) => request.socket.once("close", () => resolve()));
      hangs.push({ closed });
    },
    "/endless": (_, response) => {
      const chunk = Buffer.alloc(65_536, 1);
      const more = () => {
        while (response.write(chunk)) if (response.destroyed) return;
      };
      response.on("drain", more);
      more();
    },
    "/range": (request, response) => {
      const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
      const [from, to] = [Number(match?.[1]), Number(match?.[2])];
      response.writeHead(206, { "content-range": `bytes ${from}-${to}/100` });
      response.end(Buffer.from(Array.from({ length: 100 }, (_, at) => at)).subarray(from, to + 1));
    },
    "/big-head": (_, response) => {
      response.setHeader("x-big", "x".repeat(40_000));
      response.end();
    },
  };
  const server = createServer((request, response) => {
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.rawHeaders });
    const path = (request.url ?? "").slice(basePath.length).split("?", 1)[0] ?? "";
    const handler = handlers[path];
    if (handler !== undefined) handler(request, response);
    else response.end(`${request.method} ${request.url}`);
  });
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  server.on("upgrade", (request, socket, head) => {
    seen.push({ method: "UPGRADE", url: request.url ?? "", headers: request.rawHeaders });
    if (request.url?.includes("refuse")) {
      socket.end(
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nno",
      );
      return;
    }
    if (request.url?.includes("drop")) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on("message", (data: Buffer, isBinary) => {
        const text = isBinary ? "" : data.toString();
        if (text === "close me") client.close(4321, "as asked");
        else if (text === "kill me") client.terminate();
        else client.send(data, { binary: isBinary });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    target: localTarget(new URL(`http://127.0.0.1:${port}${basePath}`)),
    seen,
    hangs,
    async close() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A small web app of the PC, with one of everything that the main path asks for. */
import type { IncomingMessage } from "node:http";
import { bulk, hashOf, MIB } from "../support/bulk.ts";
import type { AtTheEnd } from "../support/endings.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import { serveWebSockets } from "../support/web-sockets.ts";

export const BULK_BYTES = 20 * MIB;

const PAGE = `<!doctype html><html><head><title>sample</title>
<link rel="stylesheet" href="/style.css"><script src="/classic.js"></script><script type="module" src="/module.js"></script>
</head><body><img src="/dot.svg" alt=""><form method="post" action="/form"><input name="user" value="ada &amp; bob"><button>Send</button></form></body></html>`;
const DOT = `<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"><rect width="7" height="5"/></svg>`;
/** Fetches, and talks over a WebSocket, which goes another way than in a page. */
const WORKER = `onmessage = async () => {
  const fetched = await (await fetch("/echo", { method: "POST", body: "fetched" })).text();
  const socket = new WebSocket("ws://" + location.host + "/socket");
  socket.onopen = () => socket.send("echoed");
  socket.onmessage = ({ data }) => postMessage([fetched, data]);
  socket.onerror = () => postMessage([fetched, "error"]);
};`;

export async function startSampleApp(atTheEnd: AtTheEnd): Promise<Routes> {
  const app = await startRoutes(atTheEnd);
  const file = (path: string, type: string, text: string) =>
    app.on(path, (_, response) => void response.writeHead(200, { "content-type": type }).end(text));
  file("/", "text/html", PAGE);
  file("/style.css", "text/css", "body { color: rgb(1, 2, 3) }");
  file("/classic.js", "text/javascript", "window.classic = 'ran';");
  file("/module.js", "text/javascript", "window.part = (await import('/part.js')).part;");
  file("/part.js", "text/javascript", "export const part = 'ran';");
  file("/dot.svg", "image/svg+xml", DOT);
  file("/worker.js", "text/javascript", WORKER);
  app.on("/echo", async (request, response) => {
    response.writeHead(200, { "x-method": request.method ?? "" }).end(await textOf(request));
  });
  app.on("/upload", async (request, response) => response.end(await hashOf(request)));
  app.on("/cookies", (request, response) => response.end(request.headers.cookie ?? ""));
  app.on("/form", async (request, response) => {
    response
      .writeHead(303, {
        location: `/done?${await textOf(request)}`,
        "set-cookie": ["sid=secret; HttpOnly", "seen=1"],
      })
      .end();
  });
  file("/done", "text/html", "<title>done</title>done");
  app.on("/events", (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: one\n\nevent: named\ndata: two\n\n");
  });
  app.on("/endless", (_, response) => response.writeHead(200).write("begun"));
  app.on("/file", (_, response) => {
    response.writeHead(200, { "content-length": BULK_BYTES });
    bulk(BULK_BYTES).pipe(response);
  });
  serveWebSockets(app, (socket) =>
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  return app;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A local app whose answers take as long as the test: a late head, a body in drops, events that are rare, and an echo. */
import type { ServerResponse } from "node:http";
import type { Routes } from "../support/routes.ts";
import { serveWebSockets } from "../support/web-sockets.ts";

/** How often a body gets a drop, and an event source an event. Milliseconds. */
const DROP_MS = 1_000;
const EVENT_MS = 40_000;

export interface LongApp {
  /** How often each was asked for. */
  readonly asked: ReadonlyMap<string, number>;
}

/** `lateMs` is how long the late answers take. Nothing goes on after the caller has gone. */
export function serveLongApp(app: Routes, lateMs: number): LongApp {
  const asked = new Map<string, number>();
  const on = (path: string, answer: (response: ServerResponse, lastId: number) => void) =>
    app.on(path, (request, response) => {
      asked.set(path, (asked.get(path) ?? 0) + 1);
      answer(response, Number(request.headers["last-event-id"] ?? 0));
    });
  on("/", (response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>ready</title>");
  });
  on("/word", (response) => response.end("word"));
  on("/late", (response) => {
    const timer = setTimeout(() => response.end("late"), lateMs);
    response.on("close", () => clearTimeout(timer));
  });
  app.on("/late-post", async (request, response) => {
    asked.set("/late-post", (asked.get("/late-post") ?? 0) + 1);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const timer = setTimeout(() => response.end(`late ${Buffer.concat(chunks)}`), lateMs);
    response.on("close", () => clearTimeout(timer));
  });
  on("/drops", (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write("."), DROP_MS);
    const end = setTimeout(() => response.end("end"), lateMs);
    response.on("close", () => {
      clearInterval(timer);
      clearTimeout(end);
    });
  });
  on("/events", (response, lastId) => {
    let id = lastId;
    response.writeHead(200, { "content-type": "text/event-stream" });
    const say = () => {
      id += 1;
      response.write(`retry: 500\nid: ${id}\ndata: ${id}\n\n`);
    };
    say();
    const timer = setInterval(say, EVENT_MS);
    response.on("close", () => clearInterval(timer));
  });
  serveWebSockets(app, (socket) => socket.on("message", (data) => socket.send(String(data))));
  return { asked };
}

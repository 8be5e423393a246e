/**
 * Things that devices do at the same time through the tunnel, each checked to the last byte: it comes out right, or is
 * said to be cut; anything else is wrong. Most hold something back until `release`, so that they are open for certain
 * when something breaks.
 */
import { pipeline } from "node:stream/promises";
import type { RelaySession } from "#shared/client/relay-client.ts";
import { bulkChunks, bulkHash, hashOf } from "./bulk.ts";
import { deferred } from "./deferred.ts";
import type { Routes } from "./routes.ts";
import { until } from "./until.ts";
import { serveWebSockets } from "./web-sockets.ts";

export type Outcome = "right" | "cut" | "wrong";

export interface Work {
  readonly outcome: Promise<Outcome>;
  /** Settles once something has arrived at the other end. */
  readonly begun: Promise<unknown>;
}

export interface Workload {
  /** What is held back may go on. */
  release(): void;
  /** `held` bytes come at once. */
  download(session: RelaySession, length: number, held: number): Work;
  upload(session: RelaySession, length: number, held: number): Work;
  /** Events without end. */
  events(session: RelaySession): Work;
  /** Messages there and back, without end. */
  conversation(session: RelaySession): Work;
  /** What the API made of each upload. */
  uploadsAtTheApi(): Promise<Outcome[]>;
  /** The API takes no more of its WebSockets, so that another workload may. */
  close(): void;
}

const EVENT_MS = 5;

/** Adds what is asked for to the API. */
export function createWorkload(api: Routes): Workload {
  const gate = deferred();
  const uploads = new Map<string, Promise<Outcome>>();

  async function* held(length: number, untilHere: number): AsyncGenerator<Buffer> {
    let sent = 0;
    for (const chunk of bulkChunks(length)) {
      if (sent >= untilHere) await gate.promise;
      sent += chunk.length;
      yield chunk;
    }
  }

  api.on("/work/download", (request, response) => {
    const { searchParams } = new URL(request.url ?? "", api.origin);
    const length = Number(searchParams.get("bytes"));
    response.writeHead(200, { "content-length": length });
    // Whoever is cut off notices by himself.
    pipeline(held(length, Number(searchParams.get("held"))), response).catch(() => undefined);
  });
  api.on("/work/upload", (request, response) => {
    const length = Number(new URL(request.url ?? "", api.origin).searchParams.get("bytes"));
    const outcome = outcomeOf(hashOf(request), bulkHash(length));
    uploads.set(request.url ?? "", outcome);
    void outcome.then((seen) => response.end(seen));
  });
  api.on("/work/events", async (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let i = 0; !response.destroyed; i += 1) {
      response.write(`data: ${i}\n\n`);
      await new Promise((resolve) => setTimeout(resolve, EVENT_MS));
    }
  });
  const stopWebSockets = serveWebSockets(
    api,
    (socket) => socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary })),
    { path: "/work/echo" },
  );

  return {
    release: () => gate.resolve(),
    uploadsAtTheApi: () => Promise.all(uploads.values()),
    close: stopWebSockets,

    download(session, length, untilHere) {
      const begun = deferred();
      const hash = session
        .fetch(`/work/download?bytes=${length}&held=${untilHere}`)
        .then(({ body }) => hashOf(body ?? [], () => begun.resolve()));
      return { outcome: outcomeOf(hash, bulkHash(length)), begun: begun.promise };
    },

    upload(session, length, untilHere) {
      const chunks = held(length, untilHere);
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const { done, value } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
      });
      const path = `/work/upload?bytes=${length}&number=${uploads.size}-${Math.random()}`;
      const outcome = session.fetch(path, { method: "POST", body }).then(
        async (response): Promise<Outcome> => ((await response.text()) === "right" ? "right" : "wrong"),
        (): Outcome => "cut",
      );
      return { outcome, begun: until("the upload was at the API", () => uploads.has(path)) };
    },

    events(session) {
      const begun = deferred();
      return { outcome: readEvents(session, () => begun.resolve()), begun: begun.promise };
    },

    conversation,
  };
}

async function outcomeOf(hash: Promise<string>, expected: string): Promise<Outcome> {
  return hash.then(
    (found) => (found === expected ? "right" : "wrong"),
    () => "cut",
  );
}

async function readEvents(session: RelaySession, begun: () => void): Promise<Outcome> {
  let text = "";
  try {
    const { body } = await session.fetch("/work/events");
    for await (const chunk of body ?? []) {
      text += new TextDecoder().decode(chunk);
      begun();
    }
    // They never end by themselves.
    return "wrong";
  } catch {
    const whole = text.split("\n\n").slice(0, -1);
    return whole.every((event, i) => event === `data: ${i}`) ? "cut" : "wrong";
  }
}

/** The next message goes when the one before has come back. */
function conversation(session: RelaySession): Work {
  const begun = deferred();
  const socket = session.webSocket("/work/echo");
  const message = (number: number) => `${number} ${"x".repeat(number % 5_000)}`;
  let number = 0;
  let isRight = true;
  socket.onopen = () => socket.send(message(number));
  socket.onmessage = ({ data }) => {
    begun.resolve();
    isRight &&= data === message(number);
    number += 1;
    socket.send(message(number));
  };
  const outcome = new Promise<Outcome>((resolve) => {
    socket.onclose = ({ code, wasClean }) => {
      resolve(isRight && code === 1006 && !wasClean ? "cut" : "wrong");
    };
  });
  return { outcome, begun: begun.promise };
}

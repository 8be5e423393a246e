/** Connections that end at the worst moment: while nobody reads the answer. */
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { rawApi } from "../testing/fake-api.ts";
import { localCalls, request, settled } from "../testing/local-calls.ts";
import type { LocalApi, LocalCall } from "./local-api.ts";

const { apiAt, started } = localCalls();

const BODY = "x".repeat(64 * 1024);

/** Reads one piece and stops; goes on when `goOn` resolves. Resolves with what came and how it ended. */
function haltingly(api: LocalApi, goOn: () => Promise<unknown>): Promise<{ length: number; end: string }> {
  return new Promise((resolve) => {
    let call: LocalCall | undefined;
    let length = 0;
    const tell = (end: string) => resolve({ length, end });
    call = api.send(request(), {
      head: () => undefined,
      data(chunk) {
        length += chunk.length;
        call?.pause();
        void goOn().then(() => call?.resume());
      },
      end: () => tell("whole"),
      failed: (name) => tell(name),
    });
  });
}

async function apiThat(sends: string, ends: (socket: Socket) => unknown) {
  let ended: () => void = () => undefined;
  const isOver = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const fake = await started(
    rawApi((socket) => {
      socket.write(sends, async () => {
        await ends(socket);
        ended();
      });
    }),
  );
  /** The end has arrived at the reader's side, as far as it can. */
  const arrived = async () => {
    await isOver;
    await settled(() => 0);
  };
  return { api: apiAt(fake.target), arrived };
}

const finish = (socket: Socket) => socket.end();
/** Once the other side has what was sent: before, it would be told of an end in good order. */
const reset = async (socket: Socket) => {
  await settled(() => 0);
  socket.resetAndDestroy();
};

describe("an answer whose connection ends while it is not read", () => {
  it.each([
    ["to its end", `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${BODY}`],
    [
      "of a known length",
      `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
    ],
    ["of HTTP/1.0", `HTTP/1.0 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`],
    [
      "on a connection that was to be kept",
      `HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
    ],
  ])("comes whole: one %s", async (_, sends) => {
    const { api, arrived } = await apiThat(sends, finish);
    expect(await haltingly(api, arrived)).toEqual({ length: BODY.length, end: "whole" });
  });

  it.each([
    [
      "shorter than it said",
      `Connection: close\r\nContent-Length: ${BODY.length + 1}\r\n\r\n${BODY}`,
      finish,
    ],
    ["without its last chunk", `Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`, finish],
    ["shorter, on a kept connection", `Content-Length: ${BODY.length + 1}\r\n\r\n${BODY}`, finish],
    ["to its end, reset", `Connection: close\r\n\r\n${BODY}`, reset],
    [
      "of a known length, reset",
      `Connection: close\r\nContent-Length: ${BODY.length + 1}\r\n\r\n${BODY}`,
      reset,
    ],
  ])("is a failure where it is cut: one %s", async (_, headers, ends) => {
    const { api, arrived } = await apiThat(`HTTP/1.1 200 OK\r\n${headers}`, ends);
    expect((await haltingly(api, arrived)).end).toMatch(/^(RemoteProtocolError|ReadError)$/);
  });
});

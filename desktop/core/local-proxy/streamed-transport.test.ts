import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { httpApi, nobody, rawApi } from "../testing/fake-api.ts";
import { answerOf, bodyOf, failed, localCalls, request, settled, whole } from "../testing/local-calls.ts";
import type { LocalApi, LocalCall, LocalRequest } from "./local-api.ts";

const { apiAt, started } = localCalls();

/** A body that comes when the test says so. */
const silence = () => new Readable({ read: () => undefined });
const post = (body: Readable, more: Partial<LocalRequest> = {}): Partial<LocalRequest> => ({
  method: "POST",
  body,
  ...more,
});
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A promise and its key. */
function promised<T = void>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}

/** A call of which each event can be waited for, and everything that was heard. */
function listenTo(api: LocalApi, asked: Partial<LocalRequest>) {
  const heard: string[] = [];
  let wake: () => void = () => undefined;
  const hear = (what: string) => {
    heard.push(what);
    wake();
  };
  const call: LocalCall = api.send(request(asked), {
    head: (status) => hear(`head ${status}`),
    data: (chunk) => hear(`data ${Buffer.from(chunk)}`),
    end: () => hear("end"),
    failed: (name) => hear(`failed ${name}`),
  });
  const next = async (what: string) => {
    while (!heard.includes(what)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { call, heard, next };
}

describe("a request whose body is still to come", () => {
  it("is answered although no byte of it ever comes", async () => {
    const fake = await started(httpApi((_, response) => response.end("answered")));
    expect((await answerOf(apiAt(fake.target), post(silence()))).text).toBe("answered");
  });

  it("is seen by the API at once, in the words it was asked in", async () => {
    const fake = await started(
      httpApi((message, response) => response.end(JSON.stringify([message.url, message.rawHeaders]))),
    );
    const sent = {
      target: "/a%2Fb/../c?d=%20",
      headers: [
        ["Host", "api.test"],
        ["X-Name", "\u00fc"],
      ],
    } as const;
    const { text } = await answerOf(apiAt(fake.target), post(silence(), sent));
    const [url, headers] = JSON.parse(text);
    expect(url).toBe("/a%2Fb/../c?d=%20");
    expect(headers.slice(0, 4)).toEqual(["Host", "api.test", "X-Name", "\u00fc"]);
    expect(headers).toEqual(
      expect.arrayContaining(["transfer-encoding", "chunked", "Connection", "keep-alive"]),
    );
  });

  it.each(["GET", "DELETE", "PURGE", "purge"])("may be a %s", async (method) => {
    const heads: string[] = [];
    const fake = await started(
      rawApi((socket, text) => {
        heads.push(text);
        if (text.endsWith("0\r\n\r\n")) socket.write(OK);
      }),
    );
    const body = silence();
    const answer = answerOf(apiAt(fake.target), { method, body });
    body.push("some");
    body.push(null);
    expect((await answer).text).toBe("ok");
    expect(heads.join("")).toMatch(
      new RegExp(`^${method} / HTTP/1.1\r\n(.*\r\n)+\r\n4\r\nsome\r\n0\r\n\r\n$`),
    );
  });

  it("and its answer go both ways at once", async () => {
    const fake = await started(
      httpApi((message, response) => {
        message.on("data", (chunk) => response.write(chunk));
        message.on("end", () => response.end("over"));
      }),
    );
    const body = silence();
    const { heard, next } = listenTo(apiAt(fake.target), post(body));
    for (const word of ["one", "two", "three"]) {
      body.push(word);
      await next(`data ${word}`);
    }
    body.push(null);
    await next("end");
    expect(heard).toEqual(["head 200", "data one", "data two", "data three", "data over", "end"]);
  });

  it("may be answered long after it has ended", async () => {
    const ended = promised<ServerResponse>();
    const fake = await started(
      httpApi(async (message, response) => {
        await bodyOf(message);
        ended.resolve(response);
      }),
    );
    const { next } = listenTo(apiAt(fake.target), post(Readable.from([Buffer.from("all")])));
    const response = await ended.promise;
    await settled(() => 0);
    response.end("late");
    await next("data late");
    await next("end");
  });

  it("is over with its answer: the rest is not wanted, and its connection is not used again", async () => {
    const closed = promised();
    const fake = await started(
      httpApi((message, response) => {
        message.socket.on("close", () => closed.resolve());
        message.resume();
        response.end("enough");
      }),
    );
    const api = apiAt(fake.target);
    const body = silence();
    body.push("some");
    expect((await answerOf(api, post(body, { contentLength: 1_000 }))).text).toBe("enough");
    expect(body.destroyed).toBe(true);
    await closed.promise;
    for (let times = 0; times < 3; times += 1) expect((await answerOf(api)).text).toBe("enough");
    expect((await answerOf(api, post(silence()))).text).toBe("enough");
  });

  it("has a connection of its own, which nobody gets after it", async () => {
    const fake = await started(httpApi(async (message, response) => response.end(await bodyOf(message))));
    const api = apiAt(fake.target);
    for (const text of ["one", "two"]) {
      expect((await answerOf(api, post(Readable.from([Buffer.from(text)])))).text).toBe(text);
      await settled(() => fake.connections());
    }
    expect(fake.connections()).toBe(2);
  });

  it("is over with its answer even when the API reads no more of what was sent", async () => {
    const closed = promised();
    const fake = await started(
      rawApi((socket) => {
        socket.pause();
        socket.on("close", () => closed.resolve());
        socket.write(OK, () => socket.resume());
      }),
    );
    const endless = Readable.from(forever());
    expect((await answerOf(apiAt(fake.target), post(endless))).text).toBe("ok");
    await closed.promise;
  });

  it("hears no interim answer", async () => {
    const fake = await started(
      rawApi((socket) =>
        socket.write(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nL: x\r\n\r\n${OK}`),
      ),
    );
    expect((await answerOf(apiAt(fake.target), post(silence()))).text).toBe("ok");
  });

  it("gets the trailers of its answer", async () => {
    const fake = await started(
      rawApi((socket) =>
        socket.write(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n",
        ),
      ),
    );
    const trailers = await new Promise((resolve, reject) => {
      const receiver = { head: () => undefined, data: () => undefined, end: resolve, failed: reject };
      apiAt(fake.target).send(request(post(silence())), receiver);
    });
    expect(trailers).toEqual([
      ["X-Sum", "1"],
      ["X-Sum", "2"],
    ]);
  });

  it.each([
    ["fewer", 6],
    ["more", 4],
  ])("with %s bytes than announced is an error", async (_, contentLength) => {
    const fake = await started(httpApi(async (message, response) => response.end(await bodyOf(message))));
    const asked = post(Readable.from([Buffer.from("123"), Buffer.from("45")]), { contentLength });
    expect(await whole(apiAt(fake.target), asked)).toEqual(failed("LocalProtocolError"));
  });

  it("with exactly what was announced is not", async () => {
    const fake = await started(httpApi(async (message, response) => response.end(await bodyOf(message))));
    const asked = post(Readable.from([Buffer.from("123"), Buffer.from("45")]), { contentLength: 5 });
    expect((await answerOf(apiAt(fake.target), asked)).text).toBe("12345");
  });

  it("that breaks off is never taken for whole", async () => {
    const outcome = promised<"whole" | "cut">();
    const fake = await started(
      httpApi((message) => {
        bodyOf(message).then(
          () => outcome.resolve("whole"),
          () => outcome.resolve("cut"),
        );
      }),
    );
    const body = silence();
    const answer = whole(apiAt(fake.target), post(body));
    body.push("half");
    body.destroy();
    expect(await answer).toEqual(failed("LocalProtocolError"));
    // It may not even have come to a connection.
    if (fake.connections() > 0) expect(await outcome.promise).toBe("cut");
  });

  it.each([
    ["a path with a line break", { target: "/a\r\nX: y" }],
    ["a header with a line break", { headers: [["X", "a\r\nY: z"]] as const }],
    ["a method that is none", { method: "a b" }],
  ])("with %s is not sent: LocalProtocolError", async (_, asked) => {
    const fake = await started(httpApi((__, response) => response.end()));
    expect(await whole(apiAt(fake.target), post(silence(), asked))).toEqual(failed("LocalProtocolError"));
    expect(fake.connections()).toBe(0);
  });
});

describe("back pressure on a streamed request", () => {
  it("reaches its source, and everything arrives all the same", async () => {
    const arrived = promised<IncomingMessage>();
    const fake = await started(
      httpApi(async (message, response) => {
        arrived.resolve(message);
        const hash = createHash("sha256");
        message.on("data", (chunk) => hash.update(chunk));
        message.on("end", () => response.end(hash.digest("hex")));
        message.pause();
      }),
    );
    const total = 32 * 1024 * 1024;
    const expected = createHash("sha256");
    let taken = 0;
    const body = new Readable({
      highWaterMark: 1,
      read() {
        const chunk = taken < total ? Buffer.alloc(64 * 1024, taken % 251) : null;
        if (chunk !== null) {
          taken += chunk.length;
          expected.update(chunk);
        }
        this.push(chunk);
      },
    });
    const answer = answerOf(apiAt(fake.target), post(body));
    const message = await arrived.promise;
    await settled(() => taken);
    expect(taken).toBeLessThan(total);
    message.resume();
    expect((await answer).text).toBe(expected.digest("hex"));
  });

  it("of its reader reaches the API, and everything arrives all the same", async () => {
    const total = 32 * 1024 * 1024;
    const chunk = Buffer.alloc(64 * 1024, "x");
    let written = 0;
    const fake = await started(
      httpApi(async (_, response) => {
        while (written < total) {
          written += chunk.length;
          if (!response.write(chunk)) await once(response, "drain");
        }
        response.end();
      }),
    );
    let received = 0;
    await new Promise<void>((resolve, reject) => {
      const call: LocalCall = apiAt(fake.target).send(request(post(silence())), {
        head() {
          call.pause();
          void settled(() => written).then(() => {
            expect(written).toBeLessThan(total);
            expect(received).toBe(0);
            call.resume();
          }, reject);
        },
        data: (piece) => {
          received += piece.length;
        },
        end: () => resolve(),
        failed: reject,
      });
    });
    expect(received).toBe(total);
  });

  it.each([true, false])("on the very last chunk hurts nobody (API closes: %s)", async (closes) => {
    const fake = await started(
      rawApi((socket) => {
        socket.write(OK);
        if (closes) socket.end();
      }),
    );
    const api = apiAt(fake.target);
    const done = promised<string>();
    const call: LocalCall = api.send(request(post(silence())), {
      head: () => undefined,
      data() {
        call.pause();
        void settled(() => 0).then(() => call.resume());
      },
      end: () => done.resolve("end"),
      failed: done.resolve,
    });
    expect(await done.promise).toBe("end");
    expect((await answerOf(api)).text).toBe("ok");
  });
});

describe("a streamed request that is cancelled", () => {
  it.each(["before there is a connection", "before any byte of its body", "in its body"] as const)(
    "%s ends at the API, and nobody hears of it",
    async (when) => {
      const reached = promised();
      const closed = promised();
      const fake = await started(
        httpApi((message) => {
          message.on("error", () => undefined);
          message.on("close", () => closed.resolve());
          if (when === "in its body") message.once("data", () => reached.resolve());
          else reached.resolve();
        }),
      );
      const api = apiAt(fake.target, { maxCalls: 1 });
      const body = silence();
      const { call, heard } = listenTo(api, post(body));
      if (when === "in its body") body.push("some");
      if (when === "before there is a connection") call.cancel();
      else {
        await reached.promise;
        call.cancel();
        await closed.promise;
      }
      expect(body.destroyed).toBe(true);
      // Its place is free again.
      await settled(() => heard.length);
      const next = listenTo(api, { target: "/next" });
      await settled(() => next.heard.length);
      expect(next.heard).toEqual([]);
      expect(heard).toEqual([]);
    },
  );

  it.each(["at the head of its answer", "in its answer"])("%s ends at the API", async (when) => {
    const closed = promised();
    const fake = await started(
      httpApi((_, response) => {
        response.on("close", () => closed.resolve());
        response.write("first");
      }),
    );
    const heard: string[] = [];
    const cancelAt = (what: string) => {
      heard.push(what);
      if (what === when) call.cancel();
    };
    const call: LocalCall = apiAt(fake.target).send(request(post(silence())), {
      head: () => cancelAt("at the head of its answer"),
      data: () => cancelAt("in its answer"),
      end: () => heard.push("end"),
      failed: () => heard.push("failed"),
    });
    await closed.promise;
    await settled(() => heard.length);
    expect(heard.at(-1)).toBe(when);
  });

  it("when its API is closed fails, like every other", async () => {
    const arrived = promised();
    const fake = await started(httpApi(() => arrived.resolve()));
    const api = apiAt(fake.target);
    const answer = whole(api, post(silence()));
    await arrived.promise;
    await api.close();
    expect((await answer).kind).toBe("failed");
  });
});

describe("an API that ends a streamed request", () => {
  const cut = (text: string, how: (socket: Socket) => void) =>
    started(
      rawApi((socket) => {
        if (text === "") how(socket);
        else socket.write(text, () => how(socket));
      }),
    );
  const HALF = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
  const closes = (socket: Socket) => void socket.end();
  const resets = (socket: Socket) => void socket.resetAndDestroy();

  it.each([
    ["closes before it answers", "", closes, "RemoteProtocolError"],
    ["resets before it answers", "", resets, "ReadError"],
    ["closes in its head", "HTTP/1.1 200 OK\r\nContent-", closes, "RemoteProtocolError"],
    ["closes in its body", HALF, closes, "RemoteProtocolError"],
  ] as const)("%s: an error by its name", async (_, text, how, name) => {
    const fake = await cut(text, how);
    expect(await whole(apiAt(fake.target), post(silence()))).toEqual(failed(name));
  });

  it("is told apart from one that is not there", async () => {
    expect(await whole(apiAt(await nobody()), post(silence()))).toEqual(failed("ConnectError"));
  });

  it("after a whole answer has done nothing wrong: a slow reader still gets it all", async () => {
    const gone = promised();
    const connection = promised<Socket>();
    const fake = await started(
      rawApi((socket) => {
        socket.on("close", () => gone.resolve());
        socket.write(OK);
        connection.resolve(socket);
      }),
    );
    const heard: string[] = [];
    const done = promised<string>();
    const call: LocalCall = apiAt(fake.target).send(request(post(silence())), {
      async head() {
        call.pause();
        (await connection.promise).resetAndDestroy();
        await gone.promise;
        await settled(() => heard.length);
        call.resume();
      },
      data: (chunk) => heard.push(String(chunk)),
      end: () => done.resolve("end"),
      failed: done.resolve,
    });
    expect([await done.promise, ...heard]).toEqual(["end", "ok"]);
  });
});

describe("the idle time of a streamed request", () => {
  it("runs out when the API reads nothing", async () => {
    const fake = await started(rawApi((socket) => socket.pause()));
    const answer = await whole(apiAt(fake.target, { idleTimeoutMs: 50 }), post(Readable.from(forever())));
    expect(answer).toEqual(failed("ReadTimeout"));
  });

  it("runs out when the API has everything and does not answer", async () => {
    const fake = await started(rawApi(() => undefined));
    const asked = post(Readable.from([Buffer.from("all")]));
    expect(await whole(apiAt(fake.target, { idleTimeoutMs: 50 }), asked)).toEqual(failed("ReadTimeout"));
  });

  it("does not run while the client owes the rest of its body, or does not read", async () => {
    const fake = await started(
      httpApi((message, response) => {
        if (message.url === "/silent") return;
        response.write("begun");
        message.on("data", (chunk) => response.write(chunk));
        message.on("end", () => response.end());
      }),
    );
    const api = apiAt(fake.target, { idleTimeoutMs: 50 });
    const body = silence();
    const slow = listenTo(api, post(body));
    const paused = listenTo(api, post(silence()));
    await slow.next("data begun");
    await paused.next("data begun");
    paused.call.pause();
    // Twice as long as the idle time, as the same clock counts it.
    const silent = () => whole(api, { target: "/silent", ...post(Readable.from([])) });
    for (let times = 0; times < 2; times += 1) expect(await silent()).toEqual(failed("ReadTimeout"));
    // Its end would make it the API's turn.
    body.push("late");
    await slow.next("data late");
    expect(slow.heard).toEqual(["head 200", "data begun", "data late"]);
    expect(paused.heard).toEqual(["head 200", "data begun"]);
    slow.call.cancel();
    paused.call.cancel();
  });
});

function* forever(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(64 * 1024);
}

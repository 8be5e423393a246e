/** Connections that are kept: which are used again, when, and what becomes of those that are not. */
import { describe, expect, it } from "vitest";
import { httpApi, rawApi } from "../testing/fake-api.ts";
import { answerOf, failed, localCalls, request, whole } from "../testing/local-calls.ts";

const { apiAt, started } = localCalls();

/** A connection is free again a turn after its answer. */
const free = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe("a connection to the local API", () => {
  it("carries one request after the other", async () => {
    const fake = await started(rawApi((socket) => socket.write(OK)));
    const api = apiAt(fake.target);
    for (let times = 0; times < 5; times += 1) {
      expect((await answerOf(api)).text).toBe("ok");
      await free();
    }
    expect(fake.connections()).toBe(1);
  });

  it("is not used again in the turn of its answer, when more may come than belongs to it", async () => {
    const fake = await started(rawApi((socket) => socket.write(OK)));
    const api = apiAt(fake.target);
    const second = new Promise((resolve, reject) => {
      const ignore = () => undefined;
      api.send(request(), {
        head: ignore,
        data: ignore,
        end: () => void whole(api).then(resolve, reject),
        failed: reject,
      });
    });
    expect(await second).toMatchObject({ kind: "answer" });
    expect(fake.connections()).toBe(2);
  });

  it.each([
    ["behind an answer", `${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`],
    ["behind an answer to HEAD", `HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`],
  ])("ends with what came %s: nobody gets that", async (_, first) => {
    const fake = await started(
      rawApi((socket, _request, connection) => socket.write(connection === 1 ? first : OK)),
    );
    const api = apiAt(fake.target);
    expect((await whole(api, { method: first.includes("ok") ? "GET" : "HEAD" })).kind).toBe("answer");
    await free();
    expect((await answerOf(api)).text).toBe("ok");
    expect(fake.connections()).toBe(2);
  });

  it("ends with what comes while nothing was asked", async () => {
    let pour: () => void = () => undefined;
    let gone: (value: unknown) => void = () => undefined;
    const isGone = new Promise((resolve) => {
      gone = resolve;
    });
    const fake = await started(
      rawApi((socket, _request, connection) => {
        socket.write(OK);
        if (connection > 1) return;
        socket.on("end", gone);
        pour = () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
      }),
    );
    const api = apiAt(fake.target);
    await answerOf(api);
    pour();
    await isGone;
    expect((await answerOf(api)).text).toBe("ok");
    expect(fake.connections()).toBe(2);
  });

  it.each([
    ["its API closes it", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
    ["its API speaks HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
    [
      "its API keeps it for no time",
      "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok",
    ],
  ])("carries no second request where %s", async (_, answer) => {
    const fake = await started(rawApi((socket) => socket.write(answer)));
    const api = apiAt(fake.target);
    for (let times = 1; times <= 3; times += 1) {
      expect((await answerOf(api)).text).toBe("ok");
      await free();
      expect(fake.connections()).toBe(times);
    }
  });

  it("is closed when nobody has needed it for a while", async () => {
    let gone: (value: unknown) => void = () => undefined;
    const isGone = new Promise((resolve) => {
      gone = resolve;
    });
    const fake = await started(
      rawApi((socket) => {
        socket.on("close", gone);
        socket.on("end", () => socket.end());
        socket.write(OK);
      }),
    );
    await answerOf(apiAt(fake.target));
    await isGone;
  });

  it("that carries an answer which is not read is given all the time its reader takes", async () => {
    const fake = await started(
      httpApi((message, response) => {
        if (message.url === "/silent") return;
        response.write("first");
        message.socket.once("goOn", () => response.end("last"));
        goOn = () => message.socket.emit("goOn");
      }),
    );
    let goOn: () => void = () => undefined;
    const api = apiAt(fake.target, { idleTimeoutMs: 50 });
    const text = await new Promise<string>((resolve, reject) => {
      let got = "";
      const call = api.send(request(), {
        head: () => undefined,
        data(chunk) {
          if (got === "") {
            call.pause();
            void pass().then(() => {
              call.resume();
              goOn();
            });
          }
          got += Buffer.from(chunk).toString();
        },
        end: () => resolve(got),
        failed: reject,
      });
    });
    expect(text).toBe("firstlast");

    /** Twice the idle time, as the same clock counts it. */
    async function pass(): Promise<void> {
      for (let times = 0; times < 2; times += 1)
        expect(await whole(api, { target: "/silent" })).toEqual(failed("ReadTimeout"));
    }
  });

  it("is cut with all others when the API is closed, and there are none afterwards", async () => {
    const fake = await started(rawApi((socket) => socket.write("HTTP/1.1 200 OK\r\n")));
    const api = apiAt(fake.target);
    const cut = whole(api);
    await expect.poll(() => fake.connections()).toBe(1);
    await api.close();
    expect(await cut).toMatchObject({ kind: "failed" });
    expect(await whole(api)).toEqual(failed("ConnectError"));
  });
});

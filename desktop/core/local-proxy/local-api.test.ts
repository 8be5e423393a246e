import { createHash } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { httpApi, nobody, rawApi } from "../testing/fake-api.ts";
import { answerOf, bodyOf, failed, localCalls, request, settled, whole } from "../testing/local-calls.ts";
import type { FailureName } from "./failure-name.ts";
import type { HeaderPair } from "./header-policy.ts";
import type { LocalCall, LocalRequest } from "./local-api.ts";
import { MAX_RESPONSE_HEADER_BYTES } from "./transport.ts";

const { apiAt, started } = localCalls();

describe("calling the local API", () => {
  it("sends method, target, headers and body as they are", async () => {
    const fake = await started(
      httpApi(async (message, response) => {
        response.end(
          JSON.stringify([message.method, message.url, message.rawHeaders, String(await bodyOf(message))]),
        );
      }),
    );
    const headers: HeaderPair[] = [
      ["Host", "api.test"],
      ["X-One", "1"],
      ["x-one", "\u00fc"],
    ];
    const sent = { method: "PUT", target: "/a%2Fb/../c?d=%20", headers, body: Buffer.from("hello") };
    const { text } = await answerOf(apiAt(fake.target), sent);
    const [method, url, rawHeaders, received] = JSON.parse(text);
    expect([method, url, received]).toEqual(["PUT", "/a%2Fb/../c?d=%20", "hello"]);
    expect(rawHeaders.slice(0, 2)).toEqual(["host", "api.test"]);
    expect(rawHeaders).toEqual(
      expect.arrayContaining(["X-One", "1", "x-one", "\u00fc", "content-length", "5"]),
    );
  });

  it("answers with every header pair, latin-1 values and several cookies included", async () => {
    const fake = await started(
      rawApi((socket) =>
        socket.write(
          Buffer.from(
            "HTTP/1.1 203 Odd\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Name: \u00fc\r\nContent-Length: 2\r\n\r\nok",
            "latin1",
          ),
        ),
      ),
    );
    expect(await answerOf(apiAt(fake.target))).toEqual({
      status: 203,
      headers: [
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["X-Name", "\u00fc"],
        ["Content-Length", "2"],
      ],
      text: "ok",
    });
  });

  it.each([204, 304])("takes a %d without a body", async (status) => {
    const fake = await started(httpApi((_, response) => response.writeHead(status).end()));
    expect(await answerOf(apiAt(fake.target))).toMatchObject({ status, text: "" });
  });

  it("takes HEAD's length for what it is, however large", async () => {
    const fake = await started(
      httpApi((_, response) => response.writeHead(200, { "content-length": "9999" }).end()),
    );
    const answer = await answerOf(apiAt(fake.target), { method: "HEAD" }, 10);
    expect(answer.headers).toContainEqual(["content-length", "9999"]);
  });

  it("does not follow redirects", async () => {
    const fake = await started(
      httpApi((message, response) => {
        if (message.url === "/secret") response.end("secret");
        else response.writeHead(302, { location: "/secret" }).end();
      }),
    );
    expect((await answerOf(apiAt(fake.target))).status).toBe(302);
    expect(fake.connections()).toBe(1);
  });

  it("drops interim answers", async () => {
    const fake = await started(
      rawApi((socket) =>
        socket.write(
          "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        ),
      ),
    );
    expect(await answerOf(apiAt(fake.target))).toMatchObject({
      status: 200,
      headers: [["Content-Length", "2"]],
    });
  });

  it("takes a body that ends with the connection", async () => {
    const fake = await started(rawApi((socket) => socket.end("HTTP/1.0 200 OK\r\n\r\nall of it")));
    expect((await answerOf(apiAt(fake.target))).text).toBe("all of it");
  });

  it("keeps connections, and carries many calls at once", async () => {
    const fake = await started(httpApi((message, response) => setImmediate(() => response.end(message.url))));
    const api = apiAt(fake.target);
    for (let round = 0; round < 5; round += 1) {
      const urls = Array.from({ length: 16 }, (_, i) => `/${round}/${i}`);
      const answers = await Promise.all(urls.map((target) => answerOf(api, { target })));
      expect(answers.map(({ text }) => text)).toEqual(urls);
    }
    // Twice 16, because a connection is free again only a turn after its answer.
    expect(fake.connections()).toBeLessThanOrEqual(32);
  });

  it("never makes a call wait behind others: one too many fails at once, until one is over", async () => {
    const held: ServerResponse[] = [];
    let bothHere: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      bothHere = resolve;
    });
    const fake = await started(
      httpApi((message, response) => {
        if (message.url === "/held") held.push(response);
        else response.end("ok");
        if (held.length === 2) bothHere();
      }),
    );
    const outcomes: unknown[] = [];
    const api = apiAt(fake.target, { maxCalls: 2, outcome: (failure) => outcomes.push(failure) });
    const first = whole(api, { target: "/held" });
    const nothing = { head: () => undefined, data: () => undefined, end: () => undefined };
    const second = api.send(request({ target: "/held" }), { ...nothing, failed: () => undefined });
    expect(await whole(api)).toEqual(failed("TooManyCalls"));
    await both;
    expect(await whole(api)).toEqual(failed("TooManyCalls"));
    second.cancel();
    for (let times = 0; times < 3; times++) expect((await answerOf(api)).text).toBe("ok");
    for (const response of held) response.end("late");
    expect(await first).toMatchObject({ kind: "answer" });
    expect(outcomes).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("streams a body both ways", async () => {
    const fake = await started(httpApi((message, response) => message.pipe(response)));
    const sent = Buffer.alloc(3_000_000, "stream ");
    const hash = createHash("sha256");
    await new Promise<void>((resolve, reject) => {
      apiAt(fake.target).send(
        request({ method: "POST", body: Readable.from([sent]), contentLength: sent.length }),
        {
          head: () => undefined,
          data: (chunk) => hash.update(chunk),
          end: () => resolve(),
          failed: reject,
        },
      );
    });
    expect(hash.digest("hex")).toBe(createHash("sha256").update(sent).digest("hex"));
  });

  it("stops reading while paused, so that the API feels it, and goes on from there", async () => {
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
    let call: LocalCall | undefined;
    await new Promise<void>((resolve, reject) => {
      let asked = false;
      call = apiAt(fake.target).send(request(), {
        head: () => undefined,
        data(piece) {
          received += piece.length;
          if (asked) return;
          asked = true;
          call?.pause();
          void settled(() => written).then(() => {
            expect(written).toBeLessThan(total);
            expect(received).toBeLessThanOrEqual(2 * piece.length);
            call?.resume();
          }, reject);
        },
        end: () => resolve(),
        failed: reject,
      });
    });
    expect(received).toBe(total);
  });

  it("lets the API see a cancelled call", async () => {
    let closed: (() => void) | undefined;
    const seen = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const fake = await started(
      httpApi((_, response) => {
        response.on("close", () => closed?.());
        response.write("first");
      }),
    );
    const heard: string[] = [];
    const call = apiAt(fake.target).send(request(), {
      head: () => heard.push("head"),
      data() {
        heard.push("data");
        call.cancel();
      },
      end: () => heard.push("end"),
      failed: () => heard.push("failed"),
    });
    await seen;
    expect(heard).toEqual(["head", "data"]);
  });
});

/** Each transport must find the same names for the same troubles. */
const FORMS: [string, () => Partial<LocalRequest>][] = [
  ["without a body", () => ({})],
  ["with a whole body", () => ({ method: "POST", body: Buffer.from("body") })],
  ["with a streamed body", () => ({ method: "POST", body: Readable.from([]), contentLength: 0 })],
];

describe.each(FORMS)("a local API that misbehaves to a request %s", (_, asked) => {
  it("is down: ConnectError, at once", async () => {
    const outcomes: (FailureName | undefined)[] = [];
    const api = apiAt(await nobody(), { outcome: (failure) => outcomes.push(failure) });
    expect(await whole(api, asked())).toEqual(failed("ConnectError"));
    expect(outcomes).toEqual(["ConnectError"]);
  });

  it("hangs: ReadTimeout", async () => {
    const fake = await started(rawApi(() => undefined));
    expect(await whole(apiAt(fake.target, { idleTimeoutMs: 50 }), asked())).toEqual(failed("ReadTimeout"));
  });

  it("hangs in the middle of the body: ReadTimeout", async () => {
    const fake = await started(
      rawApi((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")),
    );
    expect(await whole(apiAt(fake.target, { idleTimeoutMs: 50 }), asked())).toEqual(failed("ReadTimeout"));
  });

  it("resets the connection: ReadError", async () => {
    const fake = await started(rawApi((socket) => socket.resetAndDestroy()));
    expect(await whole(apiAt(fake.target), asked())).toEqual(failed("ReadError"));
  });

  it("closes without a word: RemoteProtocolError", async () => {
    const fake = await started(rawApi((socket) => socket.end()));
    expect(await whole(apiAt(fake.target), asked())).toEqual(failed("RemoteProtocolError"));
  });

  it("half-closes in the middle of the body: never a success", async () => {
    const fake = await started(
      rawApi((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")),
    );
    expect(await whole(apiAt(fake.target), asked())).toEqual(failed("RemoteProtocolError"));
  });

  it("ends a chunked body without its end: never a success", async () => {
    const fake = await started(
      rawApi((socket) => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")),
    );
    expect(await whole(apiAt(fake.target), asked())).toEqual(failed("RemoteProtocolError"));
  });

  it.each([
    ["garbage", "220 smtp.example ESMTP\r\n"],
    ["a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab"],
    ["both framings", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nab"],
    ["a chunk size that is no number", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
  ])("answers %s: RemoteProtocolError", async (_trouble, text) => {
    const fake = await started(rawApi((socket) => socket.write(text)));
    expect(await whole(apiAt(fake.target), asked())).toEqual(failed("RemoteProtocolError"));
  });

  it("switches protocols unasked: an error, not a crash", async () => {
    const fake = await started(
      rawApi((socket) => socket.write("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")),
    );
    expect((await whole(apiAt(fake.target), asked())).kind).toBe("failed");
  });

  it.each([
    ["just under the limit", MAX_RESPONSE_HEADER_BYTES - 1, "answer"],
    ["at the limit", MAX_RESPONSE_HEADER_BYTES, "HeadersTooLarge"],
    ["of a megabyte", 1_048_576, "HeadersTooLarge"],
  ])("answers with headers %s", async (_size, bytes, result) => {
    const value = "x".repeat(bytes - "XContent-Length0".length);
    const fake = await started(
      rawApi((socket) => socket.write(`HTTP/1.1 200 \r\nX: ${value}\r\nContent-Length: 0\r\n\r\n`)),
    );
    const answer = await whole(apiAt(fake.target), asked());
    expect(answer.kind === "failed" ? answer.name : answer.kind).toBe(result);
  });
});

describe("a local API that pours", () => {
  it("sends an endless body: cut at the cap", async () => {
    let closed: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const fake = await started(
      rawApi((socket) => {
        socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        const pour = () => {
          while (!socket.destroyed && socket.write(`1000\r\n${"x".repeat(4096)}\r\n`));
        };
        socket.on("drain", pour);
        socket.on("close", () => closed?.());
        pour();
      }),
    );
    expect(await whole(apiAt(fake.target), {}, 100_000)).toEqual({ kind: "too_large" });
    await gone;
  });

  it("sends exactly the cap, or one byte more", async () => {
    const fake = await started(
      httpApi((message, response) => {
        const bytes = Buffer.alloc(Number(message.url?.split("/")[2]));
        if (message.url?.startsWith("/chunked")) response.write(bytes);
        response.end(message.url?.startsWith("/chunked") ? undefined : bytes);
      }),
    );
    const api = apiAt(fake.target);
    for (const form of ["plain", "chunked"]) {
      expect((await whole(api, { target: `/${form}/1000` }, 1000)).kind).toBe("answer");
      expect((await whole(api, { target: `/${form}/1001` }, 1000)).kind).toBe("too_large");
    }
  });
});

describe("a kept connection that the API had let go", () => {
  /** A connection is free again a turn after its answer. */
  const free = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  /** Answers the first request of each connection and cuts the connection at its second. */
  const answersOnce = () => {
    const requests = new Map<number, number>();
    return rawApi((socket, _, connection) => {
      const count = (requests.get(connection) ?? 0) + 1;
      requests.set(connection, count);
      if (count > 1) socket.resetAndDestroy();
      else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  };

  it("is replaced once for a request that may be repeated", async () => {
    const fake = await started(answersOnce());
    const api = apiAt(fake.target);
    await answerOf(api);
    await free();
    expect((await answerOf(api, { method: "PUT", body: Buffer.from("x") })).text).toBe("ok");
    expect(fake.connections()).toBe(2);
  });

  it("is an error for one that may not, which is never sent twice", async () => {
    const fake = await started(answersOnce());
    const api = apiAt(fake.target);
    await answerOf(api);
    await free();
    expect(await whole(api, { method: "POST", body: Buffer.from("x") })).toEqual(failed("ReadError"));
    expect(fake.connections()).toBe(1);
  });

  it("is tried again once only, and not after an answer has begun", async () => {
    let requests = 0;
    const never = await started(
      rawApi((socket) => {
        requests += 1;
        socket.resetAndDestroy();
      }),
    );
    expect(await whole(apiAt(never.target))).toEqual(failed("ReadError"));
    expect(requests).toBe(2);
    const begun = await started(rawApi((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-")));
    expect((await whole(apiAt(begun.target))).kind).toBe("failed");
    expect(begun.connections()).toBe(1);
  });
});

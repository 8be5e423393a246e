import type { RequestListener, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { systemClock } from "./clock.ts";
import { loadNodeConfig } from "./config.ts";
import { startNodeCore } from "./node-core.ts";
import type { CoreEvent } from "./node-event.ts";
import { memorySecrets } from "./secrets/memory.ts";
import { httpApi, nobody, rawApi } from "./testing/fake-api.ts";
import { fakeRelay, type RelaySide } from "./testing/fake-relay.ts";
import { mailbox } from "./testing/mailbox.ts";
import { MAX_IN_FLIGHT } from "./v1/session.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const backend = createCryptoBackend();
const machine = { platform: "linux", home: "/nowhere" } as const;

async function start(
  options: { answer?: RequestListener; apiUrl?: string; env?: Record<string, string> } = {},
) {
  const relay = await fakeRelay();
  cleanups.push(() => relay.close());
  let apiUrl = options.apiUrl;
  if (apiUrl === undefined) {
    const api = await httpApi(options.answer ?? ((_, response) => response.end()));
    cleanups.push(() => api.close());
    apiUrl = api.target.origin;
  }
  const env = { ORA_RELAY_URL: relay.url.href, ORA_NODE_API_BASE_URL: apiUrl, ...options.env };
  const events = mailbox<CoreEvent>();
  const node = await startNodeCore({
    config: loadNodeConfig(env, machine),
    env,
    clock: systemClock,
    backend,
    store: memorySecrets(),
    machineName: "desk",
    event: (event) => events.put(event),
  });
  cleanups.push(() => node.stop());
  const side = await relay.connections.next();
  const offer = await side.messages.next();
  return { relay, side, offer, node, events, ask: (fields: object) => ask(side, fields) };
}

/** Sends a request as the relay does, and gives the next message of the node. */
function ask(side: RelaySide, fields: object): Promise<unknown> {
  side.send({ type: "http_proxy", id: "1", method: "GET", path: "/", headers: {}, body_b64: "", ...fields });
  return side.messages.next();
}

const failure = (error: string, id: string | number = "1") => ({ type: "http_response", id, error });
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("the node at a v1 relay", () => {
  it("dials with its id, offers a code, and says so when the relay took it", async () => {
    const { side, offer, events } = await start({ env: { ORA_RELAY_NODE_ID: "my pc/1" } });
    expect(side.url).toBe("/ws/node?node_id=my+pc%2F1");
    expect(offer).toMatchObject({ type: "pair_offer", notify: true });
    side.send({ type: "pair_offer_ack", ok: true, expires_at: Date.now() / 1000 + 120 });
    for (;;) {
      const event = await events.next();
      if (event.kind !== "code") continue;
      expect(offer).toMatchObject({ code: event.code });
      return;
    }
  });

  it("carries out a request and answers it", async () => {
    const { ask } = await start({
      answer: async (request, response) => {
        const body = Buffer.concat(await request.toArray());
        const {
          host,
          "x-forwarded-host": via,
          "x-ora-device": device,
          "x-real-ip": ip,
          "x-ora-token": token,
        } = request.headers;
        response.writeHead(201, { "x-kind": "echo" });
        response.end(
          JSON.stringify([request.method, request.url, String(body), host, via, device, ip, token]),
        );
      },
    });
    const answer = (await ask({
      id: 42,
      method: "post",
      path: "/a/b?c=%20",
      headers: { "X-Real-IP": "1.2.3.4", Host: "evil", "X-Ora-Token": "mine" },
      body_b64: base64("hello"),
    })) as { body_b64: string };
    expect(answer).toMatchObject({
      type: "http_response",
      id: 42,
      status: 201,
      headers: { "x-kind": "echo" },
    });
    const [method, url, body, host, via, device, ip, token] = JSON.parse(atob(answer.body_b64));
    expect([method, url, body, device, ip, token]).toEqual([
      "POST",
      "/a/b?c=%20",
      "hello",
      "plaintext",
      null,
      "mine",
    ]);
    expect([host, via]).toEqual([
      expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    ]);
    expect(host).not.toBe(via);
  });

  it("answers many requests as they finish", async () => {
    const held: ServerResponse[] = [];
    const { side } = await start({
      answer: (request, response) => {
        if (request.url === "/slow") held.push(response);
        else response.end();
      },
    });
    side.send({ type: "http_proxy", id: "slow", path: "/slow" });
    for (let i = 0; i < 20; i += 1) side.send({ type: "http_proxy", id: i, path: "/" });
    const ids = new Set<unknown>();
    for (let i = 0; i < 20; i += 1) ids.add(((await side.messages.next()) as { id: unknown }).id);
    expect(ids).toEqual(new Set(Array.from({ length: 20 }, (_, i) => i)));
    for (const response of held) response.end();
    expect(await side.messages.next()).toMatchObject({ id: "slow", status: 200 });
  });

  it("carries out exactly so many at a time, and refuses one more", async () => {
    const held: ServerResponse[] = [];
    const { side } = await start({ answer: (_, response) => void held.push(response) });
    for (let i = 0; i < MAX_IN_FLIGHT; i += 1) side.send({ type: "http_proxy", id: i });
    side.send({ type: "http_proxy", id: "more" });
    expect(await side.messages.next()).toEqual(failure("too_many_pending", "more"));
    while (held.length < MAX_IN_FLIGHT) await new Promise((resolve) => setImmediate(resolve));
    held[0]?.end();
    expect(await side.messages.next()).toMatchObject({ status: 200 });
    side.send({ type: "http_proxy", id: "again" });
    while (held.length <= MAX_IN_FLIGHT) await new Promise((resolve) => setImmediate(resolve));
    held.at(-1)?.end();
    expect(await side.messages.next()).toMatchObject({ id: "again", status: 200 });
  });

  it("answers ping with pong", async () => {
    const { side } = await start();
    side.send({ type: "ping" });
    expect(await side.messages.next()).toEqual({ type: "pong" });
  });

  it("cuts what is under way when the relay goes, so that the API need not go on", async () => {
    let gone: (() => void) | undefined;
    const cut = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const { side } = await start({
      answer: (_, response) => {
        response.on("close", () => gone?.());
        side.socket.terminate();
      },
    });
    side.send({ type: "http_proxy", id: 1 });
    await cut;
  });

  it("keeps to the caps of bodies and messages", async () => {
    const { ask } = await start({
      env: { ORA_RELAY_MAX_HTTP_BODY_BYTES: "1000", ORA_RELAY_MAX_MSG_BYTES: "2000" },
      answer: async (request, response) => {
        const size = Number(request.url?.slice(1));
        await request.toArray();
        response.end(Buffer.alloc(size || 0));
      },
    });
    expect(await ask({ path: "/1000" })).toMatchObject({ status: 200 });
    expect(await ask({ path: "/1001" })).toEqual(failure("body_too_large"));
    const bytes = (size: number) => Buffer.alloc(size).toString("base64");
    expect(await ask({ method: "POST", body_b64: bytes(1000) })).toMatchObject({ status: 200 });
    expect(await ask({ method: "POST", body_b64: bytes(1001) })).toEqual(failure("body_too_large"));
    expect(await ask({ headers: { x: "x".repeat(2000) } })).toEqual(failure("body_too_large"));
  });
});

describe("requests that a client may not make", () => {
  it.each([
    ["CONNECT", { method: "CONNECT", path: "internal:22" }, "bad_method"],
    ["connect in lower case", { method: "connect" }, "bad_method"],
    ["a method with a line feed", { method: "GET\r\nX: y" }, "bad_method"],
    ["an absolute form", { path: "http://10.0.0.1/" }, "bad_path"],
    ["two slashes", { path: "//10.0.0.1/" }, "bad_path"],
    ["a backslash", { path: "/\\10.0.0.1/" }, "bad_path"],
    ["dot segments", { path: "/a/../../b" }, "bad_path"],
    ["encoded dot segments", { path: "/%2e%2e/b" }, "bad_path"],
    ["a line feed in the path", { path: "/ HTTP/1.1\r\nX: y" }, "bad_path"],
    ["an empty path", { path: "" }, "bad_path"],
    ["CR LF in a header's value", { headers: { a: "b\r\nc: d" } }, "bad_headers"],
    ["NUL in a header's name", { headers: { "a\0": "b" } }, "bad_headers"],
    ["a header that is no text", { headers: { a: 1 } }, "bad_headers"],
    ["bad base64", { method: "POST", body_b64: "QQ" }, "bad_body"],
    ["URL-safe base64", { method: "POST", body_b64: "_-_-" }, "bad_body"],
    ["a body that is no text", { body_b64: 1 }, "bad_body"],
  ])("%s", async (_, fields, error) => {
    let reached = 0;
    const { ask } = await start({
      answer: (__, response) => {
        reached += 1;
        response.end();
      },
    });
    expect(await ask(fields)).toEqual(failure(error));
    expect(reached).toBe(0);
  });
});

describe("a local API that fails, by name", () => {
  it("is down", async () => {
    const { ask, events } = await start({ apiUrl: (await nobody()).origin });
    expect(await ask({})).toEqual(failure("http_proxy_failed:ConnectError"));
    for (;;) {
      const event = await events.next();
      if (event.kind !== "api") continue;
      expect(event.state).toMatchObject({ kind: "down", because: "ConnectError" });
      return;
    }
  });

  it.each([
    ["resets", "ReadError", undefined],
    ["closes", "RemoteProtocolError", ""],
    ["answers garbage", "RemoteProtocolError", "garbage\r\n\r\n"],
    ["stops in the middle", "RemoteProtocolError", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"],
  ])("%s", async (_, name, text) => {
    const api = await rawApi((socket) => {
      if (text === undefined) socket.resetAndDestroy();
      else socket.end(text);
    });
    cleanups.push(() => api.close());
    const { ask } = await start({ apiUrl: api.target.origin });
    expect(await ask({ method: "POST" })).toEqual(failure(`http_proxy_failed:${name}`));
  });

  it("hangs", async () => {
    const api = await rawApi(() => undefined);
    cleanups.push(() => api.close());
    const { ask } = await start({ apiUrl: api.target.origin, env: { ORA_RELAY_CLIENT_TIMEOUT_SEC: "6" } });
    expect(await ask({})).toEqual(failure("http_proxy_failed:ReadTimeout"));
  });

  it("answers without end", async () => {
    const { ask } = await start({
      answer: (_, response) => {
        const pour = () => {
          while (response.writable && response.write(Buffer.alloc(64 * 1024)));
        };
        response.on("drain", pour);
        pour();
      },
    });
    expect(await ask({})).toEqual(failure("body_too_large"));
  });
});

describe("a relay that talks nonsense", () => {
  it.each([
    "",
    "not json",
    "null",
    "[]",
    '"text"',
    "{}",
    '{"type":5}',
    '{"type":"http_proxy","id":{"a":1}}',
    '{"type":"http_proxy","path":"/"}',
    `{"type":"http_proxy","id":"${"x".repeat(1_000_000)}"}`,
    `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
    '{"type":"pair_offer_ack","ok":"yes"}',
    '{"type":"pair_offer_ack","ok":true,"expires_at":1e999}',
    '{"type":"pair_redeemed"}',
    '{"type":"error","error":{"a":1}}',
    '{"type":"http_response","id":"1","status":200}',
  ])("%.40s: the node goes on", async (text) => {
    const { side } = await start();
    side.send(text);
    side.socket.send(Buffer.from([0, 1, 2]));
    side.send({ type: "ping" });
    expect(await side.messages.next()).toEqual({ type: "pong" });
  });

  it("is told to the owner once for each kind, not each time", async () => {
    const { side, events } = await start();
    for (let i = 0; i < 50; i += 1) {
      side.send("nonsense");
      side.send({ type: "error", error: "unknown_message_type" });
    }
    side.send({ type: "ping" });
    await side.messages.next();
    const odd = events.takeAll().filter(({ kind }) => kind === "not_understood" || kind === "relay_error");
    expect(odd).toEqual([{ kind: "not_understood" }, { kind: "relay_error", error: "unknown_message_type" }]);
  });
});

import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { MAX_HEADER_BYTES } from "#shared/mux/head-codec.ts";
import type { AccessRule } from "../access-rules/rule.ts";
import { createActivityLog } from "../activity/activity-log.ts";
import { systemClock } from "../clock.ts";
import { connectLocalApi } from "../local-proxy/local-api.ts";
import { type LocalTarget, localTarget } from "../local-proxy/local-target.ts";
import { MAX_RESPONSE_HEADER_BYTES } from "../local-proxy/transport.ts";
import { deviceEnd } from "../testing/device-end.ts";
import { rawApi } from "../testing/fake-api.ts";
import { oddApi } from "../testing/odd-api.ts";
import { type Asker, requestServer } from "./request-server.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const PHONE: Asker = { id: "phone234", devices: ["phone234"], readOnly: false };

async function serveTo(
  target: LocalTarget,
  extra: {
    rules?: AccessRule[];
    asker?: Asker;
    token?: string;
    idleTimeoutMs?: number;
    maxCalls?: number;
  } = {},
) {
  const activity = createActivityLog({ clock: systemClock });
  const { idleTimeoutMs = 5_000, maxCalls = 100 } = extra;
  const api = connectLocalApi({ target, idleTimeoutMs, maxCalls });
  ends.push(() => api.close());
  const serve = requestServer({
    api,
    target,
    forwarded: { proto: "https", host: "relay.example" },
    policy: {
      rules: () => extra.rules ?? [],
      headers: (headers) =>
        extra.token === undefined
          ? headers
          : [
              ...headers.filter(([name]) => name.toLowerCase() !== "x-ora-token"),
              ["x-ora-token", extra.token],
            ],
      activity,
    },
  });
  const joined = deviceEnd((stream) => serve(stream, extra.asker ?? PHONE));
  return { ...joined, activity };
}

async function setUp(extra: Parameters<typeof serveTo>[1] & { basePath?: string } = {}) {
  const api = await oddApi(extra.basePath);
  ends.push(() => api.close());
  return { api, ...(await serveTo(api.target, extra)) };
}

function pairs(flat: readonly string[] | undefined): string[] {
  return (flat ?? []).flatMap((text, at) => (at % 2 === 0 ? [`${text}: ${flat?.[at + 1]}`] : []));
}

describe("a device's request", () => {
  it("reaches the local API as it was written, with the node's own headers", async () => {
    const { api, device, activity } = await setUp({ basePath: "/app" });
    const { status, body } = await device.ask({
      method: "PURGE",
      path: "/a%2Fb/%7e?x=1&y=%20",
      headers: [
        ["X-Twice", "1"],
        ["X-Twice", "2"],
        ["Host", "evil.example"],
        ["X-Forwarded-For", "1.2.3.4"],
        ["X-ORA-Device", "somebody"],
        ["Expect", "100-continue"],
      ],
    });
    expect(status).toBe(200);
    expect(body.toString()).toBe("PURGE /app/a%2Fb/%7e?x=1&y=%20");
    const headers = pairs(api.seen[0]?.headers);
    expect(headers).toContain(`host: ${api.target.hostHeader}`);
    expect(headers.filter((line) => /^x-twice/i.test(line))).toEqual(["X-Twice: 1", "X-Twice: 2"]);
    expect(headers).toContain("X-ORA-Device: phone234");
    expect(headers).toContain("X-Forwarded-Proto: https");
    expect(headers).toContain("X-Forwarded-Host: relay.example");
    expect(headers.join("\n")).not.toMatch(/1\.2\.3\.4|somebody|evil|expect/i);
    expect(activity.list(1)).toMatchObject([
      { device: "phone234", method: "PURGE", status: 200, outcome: "done" },
    ]);
  });

  it("carries bodies both ways, whole, however large", async () => {
    const { device, activity } = await setUp();
    const sent = randomBytes(5_000_000);
    const exchange = device.open({ method: "POST", path: "/echo" });
    for (let at = 0; at < sent.length; at += 100_000) await exchange.write(sent.subarray(at, at + 100_000));
    exchange.stream?.end();
    const { body, reset } = await exchange.done;
    expect(reset).toBeUndefined();
    expect(body.equals(sent)).toBe(true);
    expect(activity.list(1)[0]).toMatchObject({ bytesIn: sent.length, bytesOut: sent.length });
  });

  it("sends a small body with its length, and a large one with the announced length", async () => {
    const { api, device } = await setUp();
    await device.ask({ method: "POST", path: "/hash" }, "small");
    expect(pairs(api.seen[0]?.headers)).toContain("content-length: 5");
    const sent = randomBytes(300_000);
    const headers: [string, string][] = [["Content-Length", "300000"]];
    const exchange = device.open({ method: "PUT", path: "/hash", headers });
    await exchange.write(sent);
    exchange.stream?.end();
    const { body } = await exchange.done;
    expect(body.toString()).toBe(createHash("sha256").update(sent).digest("hex"));
    expect(pairs(api.seen[1]?.headers).filter((line) => /content-length|transfer/i.test(line))).toEqual([
      "content-length: 300000",
    ]);
  });

  it.each([
    ["fewer", "6", "12345"],
    ["more", "4", "12345"],
  ])("with %s bytes than announced is an error, not a shorter request", async (_, length, body) => {
    const { device } = await setUp();
    const head = {
      method: "POST",
      path: "/hash",
      headers: [["content-length", length]] as [string, string][],
    };
    expect((await device.ask(head, body)).reset?.code).toBe("protocol");
    const exchange = device.open(head);
    await exchange.write(new Uint8Array(2));
    await new Promise((resolve) => setImmediate(resolve));
    await exchange.write(new Uint8Array(body.length - 2));
    exchange.stream?.end();
    expect((await exchange.done).reset?.code).toBe("protocol");
  });

  it("keeps several Set-Cookie, and drops what concerned the local hop alone", async () => {
    const { device } = await setUp();
    const cookies = await device.ask({ path: "/cookies" });
    expect(cookies.headers.filter(([name]) => name === "set-cookie")).toEqual([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2; Path=/"],
    ]);
    const hop = await device.ask({ path: "/hop" });
    expect(hop.body.toString()).toBe("hop");
    expect(hop.headers.map(([name]) => name.toLowerCase())).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(connection|x-secret|keep-alive|x-ora-refused)$/)]),
    );
  });

  it.each([
    ["/204", 204],
    ["/304", 304],
  ])("to %s gets an answer without a body", async (path, status) => {
    const { device } = await setUp();
    expect(await device.ask({ path })).toMatchObject({ status, reset: undefined, body: Buffer.alloc(0) });
  });

  it("for HEAD keeps the length of the body that does not come", async () => {
    const { device } = await setUp();
    const answer = await device.ask({ method: "HEAD", path: "/length" });
    expect(answer).toMatchObject({ status: 200, reset: undefined, body: Buffer.alloc(0) });
    expect(answer.headers).toContainEqual(["content-length", "1000"]);
  });

  it("for a range gets that range", async () => {
    const { device } = await setUp();
    const answer = await device.ask({ path: "/range", headers: [["Range", "bytes=10-19"]] });
    expect(answer.status).toBe(206);
    expect([...answer.body]).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  it("hears nothing of interim answers, and is not redirected", async () => {
    const { device } = await setUp();
    expect(await device.ask({ path: "/early-hints" })).toMatchObject({ status: 200 });
    const redirect = await device.ask({ path: "/redirect" });
    expect(redirect).toMatchObject({ status: 302 });
    expect(redirect.headers).toContainEqual(["location", "http://elsewhere.example/"]);
  });

  it("gets the trailers of its answer", async () => {
    const { device } = await setUp();
    const exchange = device.open({ path: "/trailers", end: true });
    expect((await exchange.done).body.toString()).toBe("body");
    expect(exchange.trailers).toEqual([["x-checksum", "abc"]]);
  });

  it("gets events as they come", async () => {
    const { device, api } = await setUp();
    const exchange = device.open({ path: "/hang", end: true });
    await exchange.until(() => exchange.received > 0);
    expect(Buffer.concat(exchange.chunks).toString()).toBe("data: first\n\n");
    exchange.stream?.reset("cancelled");
    await api.hangs[0]?.closed;
  });

  it("that is given up ends at the API before it has answered, too", async () => {
    const { device, api, activity } = await setUp();
    const exchange = device.open({ path: "/silent", end: true });
    while (api.hangs.length === 0) await new Promise((resolve) => setImmediate(resolve));
    exchange.stream?.reset("cancelled");
    await api.hangs[0]?.closed;
    while (activity.list(1)[0]?.outcome === "open") await new Promise((resolve) => setImmediate(resolve));
    expect(activity.list(1)[0]?.outcome).toBe("failed");
  });

  it("whose answer was cut says so", async () => {
    const { device } = await setUp();
    const { status, reset } = await device.ask({ path: "/cut" });
    expect([status, reset?.code]).toEqual([200, "truncated"]);
  });

  it("that the API answers before it has all is stopped, not failed", async () => {
    const { device } = await setUp();
    const exchange = device.open({ method: "POST", path: "/early" });
    await exchange.write(new Uint8Array(100_000));
    const answer = await exchange.done;
    expect(answer).toMatchObject({ status: 413, reset: undefined });
    await exchange.until(() => exchange.wasStopped);
  });

  it("gets its answer before it has sent anything, and may end long after it", async () => {
    const { device, api } = await setUp();
    const exchange = device.open({ method: "POST", path: "/early" });
    const answer = await exchange.done;
    expect(answer).toMatchObject({ status: 413, reset: undefined });
    expect(answer.body.toString()).toBe("too much");
    await exchange.until(() => exchange.wasStopped);
    exchange.stream?.write(new Uint8Array(1_000));
    exchange.stream?.end();
    expect((await device.ask({ path: "/x" })).status).toBe(200);
    expect(api.seen.map(({ url }) => url)).toEqual(["/early", "/x"]);
  });

  it("is seen by the API at once, and answered long after it has ended", async () => {
    const { device, api } = await setUp();
    const exchange = device.open({ method: "POST", path: "/hash" });
    while (api.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await exchange.write(Buffer.from("slow"));
    exchange.stream?.end();
    expect((await exchange.done).body.toString()).toBe(createHash("sha256").update("slow").digest("hex"));
  });

  it("that is given up in its body ends at the API", async () => {
    const { device, api, activity } = await setUp();
    const exchange = device.open({ method: "POST", path: "/silent" });
    while (api.hangs.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await exchange.write(new Uint8Array(1_000));
    exchange.stream?.reset("cancelled");
    await api.hangs[0]?.closed;
    while (activity.list(1)[0]?.outcome === "open") await new Promise((resolve) => setImmediate(resolve));
    expect(activity.list(1)[0]?.outcome).toBe("failed");
  });

  it("that the API does not read stops its client, and nobody else", async () => {
    const { device, activity } = await setUp();
    const exchange = device.open({ method: "POST", path: "/silent" });
    const chunk = new Uint8Array(64 * 1024);
    let written = 0;
    const pour = async () => {
      while (exchange.stream?.isOpen) {
        await exchange.write(chunk);
        written += chunk.length;
      }
    };
    void pour();
    let last = -1;
    for (let still = 0; still < 200; still = written === last ? still + 1 : 0) {
      last = written;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await device.ask({ path: "/x" })).status).toBe(200);
    const taken = activity.list(10).find(({ path }) => path === "/silent")?.bytesIn;
    // The sockets' own buffers are the system's.
    expect(taken).toBeLessThan(16 * 1024 * 1024);
    exchange.stream?.reset("cancelled");
  });

  it("that nobody reads does not fill the node's memory, nor stop its neighbours", async () => {
    const { device, activity } = await setUp();
    const endless = device.open({ path: "/endless", end: true });
    endless.reads = false;
    await endless.until(() => endless.held >= 256 * 1024);
    for (let times = 0; times < 5; times++) expect((await device.ask({ path: "/x" })).status).toBe(200);
    expect(endless.held).toBe(256 * 1024);
    const taken = activity.list(10).find(({ path }) => path === "/endless")?.bytesOut;
    expect(taken).toBeLessThan(1_000_000);
    endless.stream?.reset("cancelled");
  });

  it("names the hop when no API is there", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const { device } = await serveTo(localTarget(new URL(`http://127.0.0.1:${port}`)));
    expect((await device.ask({ path: "/" })).reset).toEqual({ code: "unreachable", reason: "ConnectError" });
    expect((await device.ask({ path: "/", method: "POST" }, "x")).reset?.code).toBe("unreachable");
  });

  it("times out without progress, and says so", async () => {
    const { device } = await setUp({ idleTimeoutMs: 1_000 });
    expect((await device.ask({ path: "/silent" })).reset?.code).toBe("timeout");
  });

  it("that is one too many for the local API is refused untouched, so that it may be sent again", async () => {
    const { api, device } = await setUp({ maxCalls: 0 });
    expect((await device.ask({ path: "/silent" })).reset?.code).toBe("refused");
    expect(api.seen).toEqual([]);
  });

  it.each([
    ["just under the protocol's limit", MAX_HEADER_BYTES, 200],
    ["just over it", MAX_HEADER_BYTES + 1, 502],
    ["just under what is read at all", MAX_RESPONSE_HEADER_BYTES - 1, 502],
    ["just over that", MAX_RESPONSE_HEADER_BYTES, 502],
    ["of a megabyte", 1_048_576, 502],
  ])("whose answer has headers %s gets what they allow", async (_, bytes, status) => {
    const value = "x".repeat(bytes - "XContent-Length0".length);
    const api = await rawApi((socket) =>
      socket.end(`HTTP/1.1 200 \r\nX: ${value}\r\nContent-Length: 0\r\n\r\n`),
    );
    ends.push(() => api.close());
    const { device, activity } = await serveTo(api.target);
    for (const body of [undefined, "x"]) {
      const answer = await device.ask({ method: "POST", path: "/" }, body);
      expect(answer).toMatchObject({ status, reset: undefined });
      if (status === 502) expect(answer.headers).toContainEqual(["x-ora-refused", "bad_response"]);
      expect(activity.list(1)[0]?.status).toBe(status);
    }
    const streamed = device.open({ method: "POST", path: "/" });
    expect((await streamed.done).status).toBe(status);
  });

  it.each([
    ["/../x", "bad_path"],
    ["//evil.example/", "bad_path"],
    ["http://evil.example/", "bad_path"],
    ["/x\\y", "bad_path"],
  ])("for %s is refused by the node and never sent", async (path, reason) => {
    const { device, api } = await setUp();
    const { status, body } = await device.ask({ path });
    expect(status).toBe(400);
    expect(JSON.parse(body.toString())).toMatchObject({ error: "bad_request", reason });
    expect(api.seen).toEqual([]);
  });

  it("is refused by the owner's rules with the reason, and its body is not wanted", async () => {
    const { device, api, activity } = await setUp({
      rules: [{ effect: "deny", methods: [], prefix: "/admin" }],
    });
    const exchange = device.open({ method: "POST", path: "/admin/x" });
    const answer = await exchange.done;
    await exchange.until(() => exchange.wasStopped);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      error: "forbidden",
      reason: "denied_by_rule",
    });
    expect(api.seen).toEqual([]);
    expect(activity.list(1)[0]).toMatchObject({ outcome: "refused", status: 403 });
    expect((await device.ask({ path: "/public" })).status).toBe(200);
  });

  it("of a read-only device changes nothing", async () => {
    const { device, api } = await setUp({ asker: { ...PHONE, readOnly: true } });
    expect((await device.ask({ method: "DELETE", path: "/x" })).status).toBe(403);
    expect((await device.ask({ method: "HEAD", path: "/x" })).status).toBe(200);
    const socket = device.open({ path: "/ws", upgrade: "websocket" });
    expect((await socket.done).status).toBe(403);
    expect(api.seen.map(({ method }) => method)).toEqual(["HEAD"]);
  });

  it("carries the owner's header instead of its own", async () => {
    const { device, api } = await setUp({ token: "owner's" });
    await device.ask({ path: "/x", headers: [["X-Ora-Token", "forged"]] });
    expect(pairs(api.seen[0]?.headers).filter((line) => /x-ora-token/i.test(line))).toEqual([
      "x-ora-token: owner's",
    ]);
  });
});

describe("a device's WebSocket", () => {
  async function open(path = "/ws", headers: [string, string][] = []) {
    const set = await setUp({ token: "owner's" });
    const exchange = set.device.open({ path, headers, upgrade: "websocket" });
    return { ...set, exchange };
  }

  it("passes text and binary messages both ways, and the chosen subprotocol", async () => {
    const { api, device } = await setUp({ token: "owner's" });
    const good = device.open({
      path: "/ws/a%2Fb/../y?a=%20",
      headers: [
        ["Sec-WebSocket-Protocol", "chat, other"],
        ["Sec-WebSocket-Extensions", "permessage-deflate"],
        ["Cookie", "a=1"],
      ],
      upgrade: "websocket",
    });
    await good.until(() => good.status !== undefined);
    expect(good.status).toBe(101);
    expect(good.headers.filter(([name]) => /^(sec-|upgrade|connection)/i.test(name))).toEqual([
      ["Sec-WebSocket-Protocol", "chat"],
    ]);
    const binary = randomBytes(200_000);
    good.stream?.sendMessage(new TextEncoder().encode("grüß"), true);
    good.stream?.sendMessage(binary, false);
    good.stream?.sendMessage(new Uint8Array(0), true);
    await good.until(() => good.messages.length === 3);
    expect(good.messages).toEqual(["grüß", binary, ""]);
    expect(api.seen[0]?.url).toBe("/ws/a%2Fb/../y?a=%20");
    const sent = pairs(api.seen[0]?.headers);
    expect(sent).toContain(`Host: ${api.target.hostHeader}`);
    expect(sent).toContain("Cookie: a=1");
    expect(sent).toContain("x-ora-token: owner's");
    expect(sent.filter((line) => /extensions/i.test(line))).toEqual([]);
    good.stream?.sendMessageClose(4000, "bye");
    expect(await good.done).toMatchObject({ reset: undefined });
    expect(good.closeCode).toBe(4000);
  });

  it("closes with the API's code", async () => {
    const { exchange } = await open();
    await exchange.until(() => exchange.status === 101);
    exchange.stream?.sendMessage(new TextEncoder().encode("close me"), true);
    expect(await exchange.done).toMatchObject({ reset: undefined });
    expect(exchange.closeCode).toBe(4321);
  });

  it("that the API drops is cut, not closed", async () => {
    const { exchange } = await open();
    await exchange.until(() => exchange.status === 101);
    exchange.stream?.sendMessage(new TextEncoder().encode("kill me"), true);
    expect((await exchange.done).reset?.code).toBe("truncated");
  });

  it("that the API does not open gets the API's answer", async () => {
    const { exchange } = await open("/refuse");
    const answer = await exchange.done;
    expect(answer).toMatchObject({ status: 401, reset: undefined });
    expect(answer.body.toString()).toBe("no");
    expect(answer.headers.filter(([name]) => name === "Set-Cookie")).toHaveLength(2);
  });

  it("that gets no answer at all is unreachable", async () => {
    const { exchange } = await open("/drop");
    expect((await exchange.done).reset?.code).toBe("unreachable");
  });

  it("with an impossible subprotocol is refused", async () => {
    const { exchange } = await open("/ws", [["Sec-WebSocket-Protocol", "a, a"]]);
    expect((await exchange.done).status).toBe(400);
  });

  it("with text that is no UTF-8 ends, and the API never sees it", async () => {
    const { exchange } = await open();
    await exchange.until(() => exchange.status === 101);
    exchange.stream?.sendMessage(Uint8Array.of(0xff, 0xfe), true);
    expect((await exchange.done).reset?.code).toBe("protocol");
  });
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import type { SocketEnd } from "#shared/client/socket.ts";
import { MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import { proxyRoute } from "../core/connector/relay-proxy.ts";
import { type WsSocketsOptions, wsSockets } from "./ws-sockets.ts";

const CERTIFICATE_MAKER = "openssl";

/** A certificate that nobody trusts; undefined where there is no program to make one. */
function selfSigned(): { key: Buffer; cert: Buffer } | undefined {
  const directory = mkdtempSync(join(tmpdir(), "ora-certificate-"));
  const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const made = spawnSync(CERTIFICATE_MAKER, [
    "req",
    ...kind,
    "-subj",
    "/CN=localhost",
    "-keyout",
    key,
    "-out",
    cert,
  ]);
  const files = made.status === 0 ? { key: readFileSync(key), cert: readFileSync(cert) } : undefined;
  rmSync(directory, { recursive: true });
  return files;
}

const certificate = selfSigned();

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Everything that a socket says, and a way to wait for its next word. */
function dial(url: string, options?: WsSocketsOptions) {
  const events: unknown[] = [];
  let waiters: (() => void)[] = [];
  const put = (event: unknown) => {
    events.push(event);
    const woken = waiters;
    waiters = [];
    for (const run of woken) run();
  };
  const socket = wsSockets(options)(url, "ora.v2", {
    opened: (subprotocol) => put(`opened ${subprotocol}`),
    text: (text) => put(text),
    binary: (bytes) => put(bytes.length),
    drained: () => undefined,
    closed: (end) => put(end),
  });
  return {
    socket,
    async next(): Promise<unknown> {
      while (events.length === 0) await new Promise<void>((resolve) => waiters.push(resolve));
      return events.shift();
    },
  };
}

/** A server that speaks ora.v2, and the sockets it accepted. */
async function serving() {
  const server = createServer();
  const wss = new WebSocketServer({
    noServer: true,
    handleProtocols: () => "ora.v2",
    perMessageDeflate: true,
  });
  const accepted: WebSocket[] = [];
  const raw: Socket[] = [];
  const offers: (string | undefined)[] = [];
  server.on("upgrade", (request, socket, head) => {
    raw.push(socket as Socket);
    offers.push(request.headers["sec-websocket-extensions"]);
    wss.handleUpgrade(request, socket, head, (ws) => accepted.push(ws));
  });
  const port = await listening(server);
  const only = () => {
    const [socket] = accepted;
    if (socket === undefined) throw new Error("nobody came");
    return socket;
  };
  return { url: `ws://127.0.0.1:${port}/ws/client`, only, raw, offers };
}

describe("Node's WebSocket behind the port", () => {
  it("carries text and bytes both ways, without offering compression", async () => {
    const { url, only, offers } = await serving();
    const { socket, next } = dial(url);
    expect(await next()).toBe("opened ora.v2");
    expect(offers).toEqual([undefined]);
    only().send("text");
    only().send(new Uint8Array(5));
    expect([await next(), await next()]).toEqual(["text", 5]);
    const heard = new Promise((resolve) =>
      only().on("message", (data, isBinary) => resolve([String(data), isBinary])),
    );
    socket.send("hello");
    expect(await heard).toEqual(["hello", false]);
    socket.close(4001, "done");
    expect(await next()).toEqual({ code: 4001, reason: "done" });
  });

  it("masks ciphertext with zeros, so that it is seen as it is on the wire, and text with a random mask", async () => {
    const { url, only, raw } = await serving();
    const { socket, next } = dial(url);
    await next();
    const wire = new Promise<Buffer>((resolve) => raw[0]?.once("data", resolve));
    socket.send(new Uint8Array([1, 2, 3]));
    // FIN and binary; masked, three bytes; the mask; the bytes.
    expect([...(await wire)]).toEqual([0x82, 0x83, 0, 0, 0, 0, 1, 2, 3]);
    const masks = new Set<string>();
    for (let i = 0; i < 3; i += 1) {
      const frame = new Promise<Buffer>((resolve) => raw[0]?.once("data", resolve));
      socket.send("{}");
      masks.add((await frame).toString("hex", 2, 6));
    }
    expect(masks.size).toBe(3);
    only().terminate();
  });

  it("takes a message of the largest frame, and no larger one", async () => {
    const { url, only } = await serving();
    const { next } = dial(url);
    await next();
    only().send(new Uint8Array(MAX_FRAME_BYTES));
    expect(await next()).toBe(MAX_FRAME_BYTES);
    only().send(new Uint8Array(MAX_FRAME_BYTES + 1));
    expect(await next()).toMatchObject({ code: 1006 });
  });

  it("says what kept it from opening", async () => {
    const notFound = await listening(createServer((_, response) => response.writeHead(404).end()));
    const failing = await listening(createServer((_, response) => response.writeHead(503).end()));
    const bare = createServer();
    const noProtocol = new WebSocketServer({ noServer: true, handleProtocols: () => false });
    bare.on("upgrade", (request, socket, head) =>
      noProtocol.handleUpgrade(request, socket, head, () => undefined),
    );
    const old = await listening(bare);
    const ends: [string, Partial<SocketEnd>][] = [
      ["ws://127.0.0.1:9", { failure: "unreachable", detail: "ECONNREFUSED" }],
      [`ws://127.0.0.1:${notFound}`, { failure: "no_subprotocol", detail: "HTTP 404" }],
      [`ws://127.0.0.1:${failing}`, { failure: "unreachable", detail: "HTTP 503" }],
      [`ws://127.0.0.1:${old}`, { failure: "no_subprotocol" }],
      [`wss://127.0.0.1:${notFound}`, { failure: "unreachable" }],
    ];
    for (const [url, end] of ends) expect(await dial(url).next()).toMatchObject({ code: 1006, ...end });
  });

  it.skipIf(certificate === undefined)("says that a certificate is not valid", async () => {
    const port = await listening(createTlsServer(certificate ?? {}));
    expect(await dial(`wss://127.0.0.1:${port}`).next()).toMatchObject({
      failure: "untrusted",
      detail: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
  });

  it("goes through the proxy for its relay", async () => {
    const { url } = await serving();
    const asked: (string | undefined)[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, client: Socket) => {
      asked.push(request.url);
      const { hostname, port } = new URL(`http://${request.url}`);
      const onward = connect(Number(port), hostname, () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        client.pipe(onward).pipe(client);
      });
      cleanups.push(() => onward.destroy());
    });
    const port = await listening(proxy);
    const relays: string[] = [];
    const { socket, next } = dial(url, {
      route: (relay) => {
        relays.push(relay.href);
        return proxyRoute(new URL(`http://127.0.0.1:${port}`));
      },
    });
    expect(await next()).toBe("opened ora.v2");
    expect(asked).toEqual([new URL(url).host]);
    expect(relays).toEqual([url]);
    socket.close(1000, "");
    await next();
  });

  it("does not go without a proxy that cannot be used", async () => {
    const { url, raw } = await serving();
    const route = () => {
      throw new Error("http_proxy is not allowed");
    };
    expect(await dial(url, { route }).next()).toMatchObject({
      failure: "unreachable",
      detail: "http_proxy is not allowed",
    });
    expect(raw).toEqual([]);
  });

  it("ends within two seconds when the relay does not answer its close", async () => {
    const { url, raw } = await serving();
    const { socket, next } = dial(url);
    await next();
    raw[0]?.pause();
    socket.close(1000, "");
    expect(await next()).toMatchObject({ code: 1006 });
  });
});

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../clock.ts";
import { type FakeClock, fakeClock } from "../testing/fake-clock.ts";
import { type FakeRelay, fakeRelay } from "../testing/fake-relay.ts";
import { type Mailbox, mailbox } from "../testing/mailbox.ts";
import { type Connection, type Connector, startConnector } from "./connector.ts";
import { proxyRoute } from "./relay-proxy.ts";
import type { RelayState } from "./relay-state.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Setup {
  readonly clock: FakeClock;
  readonly states: Mailbox<RelayState>;
  readonly connections: Mailbox<Connection>;
  readonly received: Mailbox<string>;
  readonly connector: Connector;
  /** The next state of this kind; those before it are dropped. */
  until<Kind extends RelayState["kind"]>(kind: Kind): Promise<Extract<RelayState, { kind: Kind }>>;
}

function connectTo(
  address: URL,
  options: { proxy?: URL; accept?: boolean; maxMessageBytes?: number; subprotocols?: string[] } = {},
): Setup {
  const clock = fakeClock();
  const states = mailbox<RelayState>();
  const connections = mailbox<Connection>();
  const received = mailbox<string>();
  const { proxy, accept = true, subprotocols = [] } = options;
  const connector = startConnector({
    clock,
    random: () => 0,
    route: () => proxy && proxyRoute(proxy),
    changed: (state) => states.put(state),
    protocol: {
      subprotocols,
      address,
      maxMessageBytes: options.maxMessageBytes ?? 1_000_000,
      start(connection) {
        connection.link.listen({
          message: (frame) => received.put(typeof frame === "string" ? frame : `binary ${frame.length}`),
          drained: () => undefined,
          closed: ({ code }) => received.put(`closed ${code}`),
        });
        connections.put(connection);
        if (accept) connection.online();
      },
    },
  });
  cleanups.push(() => connector.stop());
  async function until<Kind extends RelayState["kind"]>(kind: Kind) {
    for (;;) {
      const state = await states.next();
      if (state.kind === kind) return state as Extract<RelayState, { kind: Kind }>;
    }
  }
  return { clock, states, connections, received, connector, until };
}

async function startedRelay(port?: number): Promise<FakeRelay> {
  const relay = await fakeRelay(port);
  cleanups.push(() => relay.close());
  return relay;
}

async function tcpServer(accept: (socket: Socket) => void): Promise<URL> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    accept(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

describe("connecting to a relay", () => {
  it("goes from connecting to connected, and carries text and binary both ways", async () => {
    const relay = await startedRelay();
    const { until, connections, received } = connectTo(relay.url);
    await until("connecting");
    await until("connected");
    const side = await relay.connections.next();
    side.send("hello");
    side.socket.send(Buffer.alloc(3));
    expect([await received.next(), await received.next()]).toEqual(["hello", "binary 3"]);
    const { link } = await connections.next();
    link.send("text");
    link.send(new Uint8Array([1, 2]));
    expect(await side.messages.next()).toBe("text");
    expect(await side.messages.next()).toEqual(Buffer.from([1, 2]));
  });

  it("loses no message that came with the handshake", async () => {
    const relay = await startedRelay();
    const { received } = connectTo(relay.url);
    (await relay.connections.next()).send("first");
    expect(await received.next()).toBe("first");
  });

  it("comes back after every loss, five times in a row", async () => {
    const relay = await startedRelay();
    const { until, clock } = connectTo(relay.url);
    for (let i = 0; i < 5; i += 1) {
      await until("connected");
      (await relay.connections.next()).socket.close(1012);
      const { outage, until: at } = await until("waiting");
      expect(outage.code).toBe("relay_restarting");
      expect(at - clock.now()).toBeLessThan(1_000);
      clock.advance(at - clock.now());
    }
    await until("connected");
  });

  it("finds a relay again that was away, within a second of its return", async () => {
    const relay = await startedRelay();
    const { until, clock } = connectTo(relay.url);
    await until("connected");
    await relay.close();
    await until("waiting");
    for (let away = 0; away < 8_000; ) {
      const [next = 0] = clock.waiting();
      expect(next).toBeLessThan(1_000);
      clock.advance(next);
      away += next;
      await until("waiting");
    }
    await startedRelay(Number(relay.url.port));
    clock.advance(clock.waiting()[0] ?? 0);
    await until("connected");
  });

  it("says goodbye when it stops, and dials no more", async () => {
    const relay = await startedRelay();
    const { until, connector, clock } = connectTo(relay.url);
    await until("connected");
    const side = await relay.connections.next();
    await Promise.all([connector.stop(), connector.stop()]);
    expect(await side.closed).toBe(1001);
    expect(connector.state).toEqual({ kind: "stopped" });
    expect(clock.waiting()).toEqual([]);
  });

  it("can be stopped while it dials and while it waits", async () => {
    const relay = await startedRelay();
    relay.hang = true;
    const dialling = connectTo(relay.url);
    await dialling.until("connecting");
    await dialling.connector.stop();
    relay.hang = false;
    relay.refuseWith = 500;
    const waiting = connectTo(relay.url);
    await waiting.until("waiting");
    await waiting.connector.stop();
    expect([...dialling.clock.waiting(), ...waiting.clock.waiting()]).toEqual([]);
  });

  it("dials at once when woken from a wait, and sees at once whether a connection still lives", async () => {
    const relay = await startedRelay();
    relay.refuseWith = 500;
    const { until, connector, clock } = connectTo(relay.url);
    await until("waiting");
    relay.refuseWith = undefined;
    connector.wake();
    await until("connected");
    const side = await relay.connections.next();
    side.socket.pause();
    connector.wake();
    clock.advance(5_000);
    expect((await until("waiting")).outage.code).toBe("relay_silent");
  });
});

describe("a relay that misbehaves", () => {
  it("vanishes", async () => {
    const relay = await startedRelay();
    const { until, received } = connectTo(relay.url);
    await until("connected");
    (await relay.connections.next()).socket.terminate();
    expect((await until("waiting")).outage).toMatchObject({ code: "relay_closed", detail: "1006" });
    expect(await received.next()).toBe("closed 1006");
  });

  it("is a black hole: open, and never heard of again", async () => {
    const relay = await startedRelay();
    const { until, clock } = connectTo(relay.url);
    await until("connected");
    (await relay.connections.next()).socket.pause();
    clock.advance(75_000);
    expect((await until("waiting")).outage.code).toBe("relay_silent");
  });

  it("is not dead while its pongs come", async () => {
    const relay = await startedRelay();
    const { until, clock, connector } = connectTo(relay.url);
    await until("connected");
    const { socket } = await relay.connections.next();
    for (let i = 0; i < 8; i += 1) {
      const ponged = once(socket, "ping");
      clock.advance(25_000);
      await ponged;
      // The answer to a ping of its own comes after the pong, and shows that the pong has arrived.
      socket.ping();
      await once(socket, "pong");
    }
    expect(connector.state.kind).toBe("connected");
  });

  it("takes the connection and never answers the handshake, or drips it", async () => {
    const silent = connectTo(await tcpServer(() => undefined));
    await silent.until("connecting");
    silent.clock.advance(10_000);
    expect((await silent.until("waiting")).outage.code).toBe("relay_timeout");
    const dripped = mailbox<Socket>();
    const drip = connectTo(
      await tcpServer((socket) => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nX: ");
        dripped.put(socket);
      }),
    );
    await dripped.next();
    drip.clock.advance(10_000);
    expect((await drip.until("waiting")).outage.code).toBe("relay_timeout");
  });

  it("opens the connection and never accepts the node", async () => {
    const relay = await startedRelay();
    const { until, clock, connections } = connectTo(relay.url, { accept: false });
    await connections.next();
    clock.advance(10_000);
    expect((await until("waiting")).outage.code).toBe("relay_timeout");
  });

  it.each([
    [404, "relay_http_status"],
    [302, "relay_http_status"],
    [426, "relay_too_old"],
    [429, "relay_busy"],
    [503, "relay_busy"],
  ])("answers the handshake with HTTP %d", async (status, code) => {
    const relay = await startedRelay();
    relay.refuseWith = status;
    const { until } = connectTo(relay.url);
    expect((await until("waiting")).outage).toMatchObject({ code, detail: `HTTP ${status}` });
  });

  it.each([
    ["garbage", "220 smtp.example\r\n"],
    [
      "a handshake with a wrong key",
      "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
    ],
  ])("answers %s", async (_, text) => {
    const { until } = connectTo(await tcpServer((socket) => socket.once("data", () => socket.write(text))));
    expect((await until("waiting")).outage.code).toBe("not_a_relay");
  });

  it("is not there", async () => {
    const relay = await startedRelay();
    await relay.close();
    const { until } = connectTo(relay.url);
    expect((await until("waiting")).outage).toMatchObject({
      code: "relay_unreachable",
      detail: "ECONNREFUSED",
    });
  });

  it("has no name that can be found", async () => {
    const { until } = connectTo(new URL("ws://relay.invalid:9010"));
    expect((await until("waiting")).outage.code).toBe("relay_name_unknown");
  });

  it.each([
    [4400, "relay_refused"],
    [4403, "relay_refused"],
    [4426, "relay_too_old"],
    [4426, "relay_too_old", "words of its own"],
    [4426, "relay_has_no_v2", "no_public_url"],
    [4426, "relay_refused", "enrollment_required"],
    [4409, "id_in_use"],
  ])("closes with %d: a long wait, and %s for the owner", async (close, code, reason = "") => {
    const relay = await startedRelay();
    const { until, clock } = connectTo(relay.url);
    (await relay.connections.next()).socket.close(close, reason);
    const state = await until("waiting");
    expect(state.outage.code).toBe(code);
    expect(state.outage.detail).not.toBe("words of its own");
    expect(state.until - clock.now()).toBeGreaterThanOrEqual(60_000);
  });

  it("sends a message of exactly the limit, and one byte more", async () => {
    const relay = await startedRelay();
    const { until, received } = connectTo(relay.url, { maxMessageBytes: 1000 });
    const side = await relay.connections.next();
    side.send("x".repeat(1000));
    expect(await received.next()).toHaveLength(1000);
    side.send("x".repeat(1001));
    expect(await side.closed).toBe(1009);
    expect((await until("waiting")).outage.code).toBe("message_too_big");
  });

  it("breaks the framing", async () => {
    const relay = await startedRelay();
    const { until, received } = connectTo(relay.url);
    await until("connected");
    const side = await relay.connections.next();
    side.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await received.next()).toBe("closed 1006");
    await until("waiting");
  });

  it("never reads: what waits for it is bounded, and nothing more is read from it", async () => {
    const relay = await startedRelay();
    const { connections, received } = connectTo(relay.url);
    const { link } = await connections.next();
    const side = await relay.connections.next();
    side.socket.pause();
    const piece = "x".repeat(1_000_000);
    while (link.queuedBytes < 8 * 1024 * 1024) link.send(piece);
    link.send(piece);
    side.send("not read");
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(received.takeAll()).toEqual([]);
    expect(link.queuedBytes).toBeGreaterThan(0);
    side.socket.resume();
    expect(await received.next()).toBe("not read");
  });
});

describe("a proxy on the way to the relay", () => {
  async function proxyServer(answer: (target: string, socket: Socket, server: Server) => void): Promise<URL> {
    const server = createServer();
    server.on("connect", (request, socket: Socket) => answer(request.url ?? "", socket, server));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanups.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return new URL(`http://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  it("is asked for a tunnel, and carries the connection", async () => {
    const relay = await startedRelay();
    const asked: string[] = [];
    const proxy = await proxyServer((target, socket) => {
      asked.push(target);
      const onward = connect(Number(target.split(":")[1]), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      socket.on("error", () => onward.destroy());
      onward.on("error", () => socket.destroy());
    });
    const { until } = connectTo(relay.url, { proxy });
    await until("connected");
    expect(asked).toEqual([relay.url.host]);
  });

  it.each([407, 403, 502])("that answers %d is the hop that is named", async (status) => {
    const relay = await startedRelay();
    const proxy = await proxyServer((_, socket) =>
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`),
    );
    const { until } = connectTo(relay.url, { proxy });
    expect((await until("waiting")).outage).toMatchObject({ code: "proxy_failed", detail: `HTTP ${status}` });
  });

  it("that is down is the hop that is named", async () => {
    const relay = await startedRelay();
    const gone = await fakeRelay();
    await gone.close();
    const { until } = connectTo(relay.url, { proxy: new URL(`http://127.0.0.1:${gone.url.port}`) });
    expect((await until("waiting")).outage).toMatchObject({ code: "proxy_failed", detail: "ECONNREFUSED" });
  });

  it("that works does not take the blame for the relay", async () => {
    const relay = await startedRelay();
    relay.refuseWith = 404;
    const proxy = await proxyServer((target, socket) => {
      const onward = connect(Number(target.split(":")[1]), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      socket.on("error", () => onward.destroy());
    });
    const { until } = connectTo(relay.url, { proxy });
    expect((await until("waiting")).outage.code).toBe("relay_http_status");
  });
});

describe("the real clock", () => {
  it("runs a timer once, and not after it was cancelled", async () => {
    const ran: string[] = [];
    systemClock.after(0, () => ran.push("cancelled"))();
    await new Promise<void>((resolve) => systemClock.after(1, resolve));
    expect(ran).toEqual([]);
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
  });
});

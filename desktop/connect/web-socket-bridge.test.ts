import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { ServedRequest } from "#shared/client/testing/test-api.ts";
import { patterned } from "#shared/client/testing/test-api.ts";
import { ConnectWorld } from "./testing/connect-world.ts";
import { RawConnection } from "./testing/raw-http.ts";

let world: ConnectWorld;
let address: string;
beforeEach(async () => {
  world = new ConnectWorld();
  await world.start();
  address = await world.listening();
});
afterEach(() => world.stop());

/** A socket whose messages and end can be waited for. */
function dial(path: string, protocols: string[] = [], headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${address.replace("http", "ws")}${path}`, protocols, { headers });
  const messages: (string | Buffer)[] = [];
  let waiters: (() => void)[] = [];
  const wake = () => {
    const woken = waiters;
    waiters = [];
    for (const run of woken) run();
  };
  socket.on("message", (data: Buffer, isBinary) => {
    messages.push(isBinary ? data : data.toString());
    wake();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  const failed = new Promise<string>((resolve) => socket.on("error", (error) => resolve(error.message)));
  return {
    socket,
    closed,
    failed,
    opened: new Promise<void>((resolve) => socket.on("open", resolve)),
    async next(): Promise<string | Buffer> {
      while (messages.length === 0) await new Promise<void>((resolve) => waiters.push(resolve));
      return messages.shift() ?? "";
    },
  };
}

async function open(path = "/ws", protocols: string[] = [], answer: [string, string][] = []) {
  const local = dial(path, protocols);
  const served: ServedRequest = await world.api.next(path);
  served.stream.respond({ status: 101, headers: answer });
  await local.opened;
  return { local, served };
}

describe("a WebSocket through ora-connect", () => {
  it("opens when the API agrees, with the subprotocol and cookies it chose", async () => {
    const local = dial("/ws", ["a", "b"], { cookie: "s=1" });
    let cookies: string[] | undefined;
    local.socket.on("upgrade", (response) => {
      cookies = response.headers["set-cookie"];
    });
    const served = await world.api.next("/ws");
    expect(served.head).toMatchObject({ method: "GET", path: "/ws", upgrade: "websocket" });
    const names = served.head.headers.map(([name]) => name.toLowerCase());
    expect(names).toContain("cookie");
    expect(names.filter((name) => name.startsWith("sec-websocket") || name === "origin")).toEqual([
      "sec-websocket-protocol",
    ]);
    served.stream.respond({
      status: 101,
      headers: [
        ["Sec-WebSocket-Protocol", "b"],
        ["Set-Cookie", "x=1"],
        ["Set-Cookie", "y=2"],
      ],
    });
    await local.opened;
    expect(local.socket.protocol).toBe("b");
    expect(cookies).toEqual(["x=1", "y=2"]);
  });

  it("carries text and binary of all sizes both ways, in order", async () => {
    const { local, served } = await open();
    served.onMessage = (bytes, isText) => void served.stream.sendMessage(bytes, isText);
    for (const size of [0, 1, 125, 126, 65_535, 65_536, 300_000, 3_000_000]) {
      local.socket.send(patterned(0, size));
      const back = await local.next();
      expect(Buffer.isBuffer(back) && back.equals(patterned(0, size))).toBe(true);
    }
    for (let number = 0; number < 500; number += 1) local.socket.send(`ä${number}`);
    for (let number = 0; number < 500; number += 1) expect(await local.next()).toBe(`ä${number}`);
  });

  it("takes what the client sent right behind its handshake", async () => {
    const raw = new RawConnection(address);
    const { host } = new URL(address);
    const head = `GET /ws HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
    raw.write(Buffer.concat([Buffer.from(head), Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69])]));
    const served = await world.api.next("/ws");
    served.stream.respond({ status: 101, headers: [] });
    await served.until(() => served.messages.length > 0);
    expect(served.messages).toEqual(["hi"]);
    raw.socket.destroy();
    await served.until(() => served.resetWith !== undefined);
  });

  it.each([
    [1000, "bye"],
    [4321, "why"],
    [1005, ""],
  ])("closes in order with %d, from either side", async (code, reason) => {
    const first = await open();
    if (code === 1005) first.local.socket.close();
    else first.local.socket.close(code, reason);
    await first.served.until(() => first.served.closedWith !== undefined);
    expect(first.served.closedWith).toEqual({ code, reason });
    first.served.stream.sendMessageClose(code, reason);
    expect((await first.local.closed).code).toBe(code);

    const second = await open();
    second.served.stream.sendMessageClose(code, reason);
    expect(await second.local.closed).toEqual({ code, reason });
    await second.served.until(() => second.served.isEnded);
  });

  it("is cut with 1006 when the API's side or the channel is cut", async () => {
    const first = await open();
    first.served.stream.reset("truncated");
    expect((await first.local.closed).code).toBe(1006);
    const second = await open();
    world.relay.cut();
    expect((await second.local.closed).code).toBe(1006);
  });

  it("tells the API when the client is gone, before and after it has answered", async () => {
    const { local, served } = await open();
    local.socket.terminate();
    await served.until(() => served.resetWith !== undefined);
    expect(served.resetWith?.code).toBe("cancelled");

    const waiting = dial("/later");
    const asked = await world.api.next("/later");
    waiting.socket.terminate();
    await asked.until(() => asked.resetWith !== undefined);
    expect(asked.resetWith?.code).toBe("cancelled");
  });

  it("waits for a reader that does not read, who slows nobody else", async () => {
    const { local, served } = await open();
    local.socket.pause();
    const message = patterned(0, 50_000);
    let sent = 0;
    const pump = () => {
      while (sent < 1_000) {
        sent += 1;
        if (!served.stream.sendMessage(message, false)) return;
      }
    };
    served.onWritable = pump;
    pump();
    for (let round = 0; round < 20; round += 1)
      expect(await (await fetch(`${address}/hello`)).text()).toBe("hello");
    expect(sent).toBeLessThan(1_000);
    local.socket.resume();
    for (let number = 0; number < 1_000; number += 1) expect(await local.next()).toHaveLength(50_000);
  });

  it("that the API refuses is the API's HTTP answer", async () => {
    const local = dial("/no");
    const served = await world.api.next("/no");
    served.respond(403, [["x-why", "closed"]], "go away");
    expect(await local.failed).toContain("403");

    const raw = new RawConnection(address);
    const { host } = new URL(address);
    raw.write(
      `GET /no HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    (await world.api.next("/no")).respond(401, [["content-length", "7"]], "go away");
    await raw.until(/^HTTP\/1.1 401 [\s\S]*\r\n\r\ngo away$/);
    await raw.ended();
  });

  it("that cannot reach the API says so", async () => {
    const local = dial("/gone");
    (await world.api.next("/gone")).stream.reset("unreachable", "ConnectError");
    expect(await local.failed).toContain("502");
  });

  it("with a handshake that is none never becomes one", async () => {
    const raw = new RawConnection(address);
    const { host } = new URL(address);
    raw.write(`GET /ws HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    const served = await world.api.next("/ws");
    served.stream.respond({ status: 101, headers: [] });
    await raw.until(/^HTTP\/1.1 4\d\d /);
    await served.until(() => served.resetWith !== undefined);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
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

const host = () => new URL(address).host;

describe("the local server", () => {
  it("tells an intruder why, and the PC hears nothing of it", async () => {
    const raw = new RawConnection(address);
    const attacks = [
      ["Host: evil.example", "bad_host"],
      [`Host: ${host()}\r\nOrigin: http://evil.example`, "bad_origin"],
      [`Host: ${host()}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors`, "cross_site"],
    ] as const;
    for (const [headers, reason] of attacks) {
      raw.received = Buffer.alloc(0);
      raw.write(`POST /never HTTP/1.1\r\n${headers}\r\nContent-Length: 5\r\n\r\nabcde`);
      const [, body = ""] = await raw.until(/^HTTP\/1.1 403 [\s\S]*\r\n\r\n({.*})\n$/);
      expect(JSON.parse(body)).toMatchObject({ error: reason, detail: expect.stringMatching(/\w/) });
    }
    raw.received = Buffer.alloc(0);
    raw.write(`GET /hello HTTP/1.1\r\nHost: ${host()}\r\n\r\n`);
    await raw.until(/hello\r\n0\r\n\r\n$/);
    expect(world.api.requests).toEqual([]);
  });

  it("applies the same to WebSockets, which browsers let any page open", async () => {
    const handshake =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    for (const headers of ["Host: evil.example", `Host: ${host()}\r\nOrigin: https://evil.example`]) {
      const raw = new RawConnection(address);
      raw.write(`GET /never HTTP/1.1\r\n${headers}\r\n${handshake}\r\n\r\n`);
      await raw.until(/^HTTP\/1.1 403 /);
      await raw.ended();
    }
    expect(world.api.requests).toEqual([]);
  });

  it("answers in HTTP/1.1 when another protocol is offered, as curl --http2 does", async () => {
    const raw = new RawConnection(address);
    raw.write(
      `GET /hello HTTP/1.1\r\nHost: ${host()}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n\r\n`,
    );
    await raw.until(/^HTTP\/1.1 200 OK\r\n[\s\S]*hello/);
    const posting = new RawConnection(address);
    posting.write(
      `POST /echo HTTP/1.1\r\nHost: ${host()}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\nx`,
    );
    await posting.until(/^HTTP\/1.1 400 /);
  });

  it("turns away what is no HTTP, and CONNECT", async () => {
    const garbage = new RawConnection(address);
    garbage.write("\u0016\u0003\u0001 hello\r\n\r\n");
    await garbage.until(/^HTTP\/1.1 400 /);
    const proxying = new RawConnection(address);
    proxying.write(`CONNECT evil.example:443 HTTP/1.1\r\nHost: ${host()}\r\n\r\n`);
    await proxying.ended();
    expect(world.api.requests).toEqual([]);
  });

  it("refuses a body in a coding that it does not know", async () => {
    const raw = new RawConnection(address);
    raw.write(`POST / HTTP/1.1\r\nHost: ${host()}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`);
    await raw.until(/^HTTP\/1.1 501 /);
    expect(world.api.requests).toEqual([]);
  });

  it("refuses a request that is framed in two ways", async () => {
    const raw = new RawConnection(address);
    raw.write(
      `POST /never HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: ${host()}\r\n\r\n`,
    );
    await raw.until(/^HTTP\/1.1 400 /);
    expect(world.api.requests).toEqual([]);
  });
});

import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MAX_REQUESTS_PER_CONNECTION } from "./limits.ts";
import { RelayHarness } from "./testing/relay-harness.ts";

let relay: RelayHarness;

beforeEach(async () => {
  relay = await RelayHarness.start();
});
afterEach(() => relay.stop());

const OFFER = [
  "Connection: Upgrade, HTTP2-Settings",
  "Upgrade: h2c",
  "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA",
];

/** Sends pieces as they are, each in a segment of its own, and gives all that comes until the other side closes. */
function exchange(pieces: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: relay.port, host: "127.0.0.1", noDelay: true });
    let received = "";
    socket.setEncoding("utf8");
    socket.on("data", (text) => {
      received += text;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(received));
    const send = (at: number) => {
      const piece = pieces[at];
      if (piece !== undefined) socket.write(piece, () => setImmediate(send, at + 1));
    };
    socket.on("connect", () => send(0));
  });
}

function request(line: string, headers: readonly string[], body = ""): string {
  return `${[`${line} HTTP/1.1`, "Host: relay.example", ...headers].join("\r\n")}\r\n\r\n${body}`;
}

const LAST = request("GET /health", ["Connection: close"]);

function statuses(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
}

describe("a request that offers HTTP/2", () => {
  it("is answered as if it did not", async () => {
    const received = await exchange([request("GET /health", OFFER), LAST]);
    expect(statuses(received)).toEqual([200, 200]);
    expect(received).toContain('{"ok":true,"nodes":0,"pairs":0,"sessions":0}');
    expect(statuses(await exchange([request("GET /nowhere", OFFER), LAST]))).toEqual([404, 200]);
  });

  it("keeps its body, whenever that comes, and what is sent behind it", async () => {
    await relay.offering("pc", "deadbeef");
    const body = '{"code":"deadbeef"}';
    const headers = [...OFFER, "Content-Type: application/json", `Content-Length: ${body.length}`];
    const head = request("POST /api/pair", headers);
    const received = await exchange([head, body.slice(0, 5), body.slice(5) + LAST]);
    expect(statuses(received)).toEqual([200, 200]);
    expect(received).toContain('"node_id":"pc"');

    const wrong = '{"code":"wrong"}';
    const chunked = [...OFFER, "Transfer-Encoding: chunked"];
    const chunk = `${wrong.length.toString(16)}\r\n${wrong}\r\n0\r\n\r\n`;
    const whole = request("POST /api/pair", chunked, chunk);
    expect(statuses(await exchange([whole + request("GET /health", OFFER) + LAST]))).toEqual([403, 200, 200]);
  });

  it("to a WebSocket's path gets what any request there gets", async () => {
    expect(statuses(await exchange([request("GET /ws/node", OFFER), LAST]))).toEqual([404, 200]);
    const several = ["Connection: Upgrade", "Upgrade: websocket, h2c"];
    expect(statuses(await exchange([request("GET /ws/node?node_id=pc", several), LAST]))).toEqual([404, 200]);
  });

  it("is answered like the others also where many come at once, and leaves nothing behind on the connection", async () => {
    const warnings: string[] = [];
    const warned = ({ name }: Error) => warnings.push(name);
    process.on("warning", warned);
    const received = await exchange([request("GET /health", OFFER).repeat(50) + LAST]);
    process.off("warning", warned);
    expect(statuses(received)).toEqual(Array.from({ length: 51 }, () => 200));
    expect(warnings).toEqual([]);
  });
});

describe("requests that are sent without waiting", () => {
  it.each([
    ["plain", []],
    ["with an offer", OFFER],
  ])(
    "and %s are answered as many on one connection as allowed, and it ends with the last",
    async (_, headers) => {
      const received = await exchange([request("GET /health", headers).repeat(MAX_REQUESTS_PER_CONNECTION)]);
      expect(statuses(received)).toEqual(Array.from({ length: MAX_REQUESTS_PER_CONNECTION }, () => 200));
      // Said once, with the last: the ones before did not end it.
      expect(received.match(/^connection: close/gim)).toHaveLength(1);
    },
  );
});

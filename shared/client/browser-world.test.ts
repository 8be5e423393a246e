import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { type BrowserWebSocket, browserSockets } from "./browser-socket.ts";
import { generateDeviceKey } from "./device-key.ts";
import { createRelayClient } from "./relay-client.ts";
import { patterned } from "./testing/test-api.ts";
import { TestWorld } from "./testing/test-world.ts";

// A page from http://192.168.…: random numbers are there, and neither crypto.subtle nor randomUUID.
const real = globalThis.crypto;
let world: TestWorld;

beforeEach(async () => {
  world = new TestWorld();
  await world.relay.start();
  vi.stubGlobal("crypto", {
    getRandomValues: (array: Uint8Array<ArrayBuffer>) => real.getRandomValues(array),
  });
  vi.stubGlobal("WebSocket", WebSocket);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await world.stop();
});

describe("a browser on a plain-http LAN origin", () => {
  it("pairs by code, connects, fetches and opens a WebSocket, in JavaScript alone", async () => {
    const backend = createCryptoBackend({ node: undefined });
    expect(new Set(Object.values(backend.chosen))).toEqual(new Set(["noble"]));
    const client = createRelayClient({ sockets: browserSockets(), backend });
    const device = generateDeviceKey(backend);
    const code = world.node.offerCode();
    const pairing = await client.pair(code, { deviceKey: device.key, name: "phone", relay: world.relay.url });
    const session = client.connect(await pairing.completed, { deviceKey: device.key });
    const bytes = patterned(0, 700_000);
    const response = await session.fetch("/echo", { method: "POST", body: new Uint8Array(bytes) });
    expect(Buffer.compare(new Uint8Array(await response.arrayBuffer()), bytes)).toBe(0);

    const socket = session.webSocket("/ws");
    const opened = new Promise<void>((resolve) => {
      socket.onopen = resolve;
    });
    (await world.api.next("/ws")).stream.respond({ status: 101, headers: [] });
    await opened;
    session.close();
  });
});

describe("the browser's socket", () => {
  it("that the page may not open is one that never opened", async () => {
    class Forbidden {
      constructor() {
        throw new DOMException("mixed content", "SecurityError");
      }
    }
    const sockets = browserSockets(Forbidden as unknown as BrowserWebSocket);
    const end = await new Promise((resolve) => {
      sockets("ws://x", "ora.v2", {
        opened: () => resolve("opened"),
        text: () => undefined,
        binary: () => undefined,
        drained: () => undefined,
        closed: resolve,
      });
    });
    expect(end).toMatchObject({ code: 1006, failure: "unreachable" });
  });
});

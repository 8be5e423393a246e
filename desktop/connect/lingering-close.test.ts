import { once } from "node:events";
import { afterEach, beforeEach, describe, it } from "vitest";
import { ConnectWorld } from "./testing/connect-world.ts";
import { RawConnection } from "./testing/raw-http.ts";

let world: ConnectWorld;
let address: string;
let raw: RawConnection;
beforeEach(async () => {
  world = new ConnectWorld();
  await world.start();
  address = await world.listening();
  raw = new RawConnection(address);
});
afterEach(() => world.stop());

const PART = "x".repeat(1_000_000);

/** Begins to send a body of two parts on a connection that is to be closed. */
function upload(path: string, host = new URL(address).host): void {
  raw.write(
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: ${2 * PART.length}\r\n\r\n`,
  );
}

async function sendTheRestAndSeeItClosed(): Promise<void> {
  const ended = once(raw.socket, "end");
  raw.write(PART);
  raw.write(PART);
  await ended;
}

describe("a connection that its client wants closed", () => {
  it("stays until the body is through when the PC answers before", async () => {
    upload("/early");
    const served = await world.api.next("/early");
    served.stream.respond({ status: 413, headers: [["content-length", "6"]] });
    served.stream.write(new TextEncoder().encode("enough"));
    served.stream.end();
    await raw.until(/^HTTP\/1.1 413 [\s\S]*enough$/);
    await sendTheRestAndSeeItClosed();
  });

  it("stays until the body is through when the request is refused here", async () => {
    upload("/never", "evil.example");
    await raw.until(/^HTTP\/1.1 403 [\s\S]*}\n$/);
    await sendTheRestAndSeeItClosed();
  });

  it("is closed all the same when the client does not stop sending", async () => {
    upload("/never", "evil.example");
    await raw.until(/^HTTP\/1.1 403 [\s\S]*}\n$/);
    await raw.ended();
  });
});

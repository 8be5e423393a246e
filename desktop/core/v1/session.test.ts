import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { Slots } from "#shared/slots.ts";
import { memoryLinkPair } from "#shared/testing/memory-link.ts";
import { createActivityLog } from "../activity/activity-log.ts";
import type { Frame } from "../connector/relay-link.ts";
import { connectLocalApi } from "../local-proxy/local-api.ts";
import { plaintextOwnerSide } from "../owner-policy.ts";
import { rawApi } from "../testing/fake-api.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { mailbox } from "../testing/mailbox.ts";
import { runV1Session } from "./session.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe("a request that the relay has given up long ago", () => {
  it("is cut, answered and gone", async () => {
    const clock = fakeClock();
    const reached = mailbox<string>();
    const cut = mailbox<string>();
    const fake = await rawApi((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
      socket.on("close", () => cut.put("cut"));
      reached.put("reached");
    });
    cleanups.push(() => fake.close());
    const api = connectLocalApi({ target: fake.target, idleTimeoutMs: 60_000 });
    cleanups.push(() => api.close());
    const [node, relay] = memoryLinkPair<Frame>();
    const answers = mailbox<unknown>();
    relay.listen({
      message: (frame) => answers.put(JSON.parse(String(frame))),
      drained: () => undefined,
      closed: () => undefined,
    });
    runV1Session({
      link: node,
      sendText: (text) => node.send(typeof text === "string" ? text : Buffer.from(text).toString()),
      local: {
        api,
        basePath: "",
        context: { hostHeader: "a", forwardedHost: "b", forwardedProto: "http", device: "plaintext" },
        maxBodyBytes: 1000,
        maxMessageBytes: 1000,
        owner: plaintextOwnerSide(
          {
            rules: () => [],
            headers: (headers) => headers,
            activity: createActivityLog({ clock }),
            plaintextCalls: new Slots(),
          },
          "",
        ),
      },
      offers: { clock, randomBytes, fixedCode: "code", ttlMs: 600_000, event: () => undefined },
      oddity: () => undefined,
      giveUpAfterMs: 5_000,
    });
    expect(await answers.next()).toMatchObject({ type: "pair_offer" });
    relay.send('{"type":"http_proxy","id":1,"path":"/events"}');
    await reached.next();
    clock.advance(5_000);
    expect(await answers.next()).toEqual({ type: "http_response", id: 1, error: "timeout" });
    expect(await cut.next()).toBe("cut");
  });
});

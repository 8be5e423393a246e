import { describe, expect, it } from "vitest";
import { nodeIdFromPublicKey } from "#shared/crypto/node-identity.ts";
import { NATIVE_BACKEND } from "#shared/crypto/testing/backends.ts";
import { keyOf } from "#shared/crypto/testing/channels.ts";
import { createRelayClient } from "./relay-client.ts";
import { StepClock } from "./testing/step-clock.ts";

const RECORD = {
  relayUrl: "http://relay.invalid",
  nodeId: nodeIdFromPublicKey(keyOf(2).publicKey),
  nodeName: "PC",
  deviceId: "device",
  routeToken: "A".repeat(43),
  status: "active",
} as const;

describe("an attempt", () => {
  it("dials before it computes, and computes while it dials", () => {
    const order: string[] = [];
    const client = createRelayClient({
      sockets: () => {
        order.push("dialled");
        return { queuedBytes: 0, send: () => undefined, close: () => undefined };
      },
      backend: {
        ...NATIVE_BACKEND,
        randomBytes(length) {
          order.push("computed");
          return NATIVE_BACKEND.randomBytes(length);
        },
      },
      clock: new StepClock(),
    });
    const session = client.connect(RECORD, { deviceKey: keyOf(1) });
    expect(order).toEqual(["dialled", "computed"]);
    session.close();
  });

  it("whose device key cannot be used says so once it has dialled, and rejects nowhere else", async () => {
    const unusable = { publicKey: keyOf(1).publicKey, dh: () => Promise.reject(new Error("lost")) };
    const client = createRelayClient({
      sockets: (_url, _subprotocol, handlers) => {
        setImmediate(() => {
          handlers.opened("ora.v2");
          handlers.text('{"type":"welcome","v":2,"now":1,"limits":{}}');
        });
        return { queuedBytes: 0, send: () => undefined, close: () => undefined };
      },
      backend: NATIVE_BACKEND,
      clock: new StepClock(),
    });
    const problem = await new Promise((resolve) => {
      const session = client.connect(RECORD, {
        deviceKey: unusable,
        stateChanged: (state) => {
          if (state.status !== "waiting") return;
          resolve(state.problem);
          session.close();
        },
      });
    });
    expect(problem).toEqual({ code: "key_unusable" });
  });
});

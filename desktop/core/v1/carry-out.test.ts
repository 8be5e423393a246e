import { describe, expect, it } from "vitest";
import { createActivityLog } from "../activity/activity-log.ts";
import { systemClock } from "../clock.ts";
import type { LocalApi } from "../local-proxy/local-api.ts";
import { carryOut } from "./carry-out.ts";

describe("a request of protocol 1", () => {
  it("that is one too many for the local API is told so by its name", async () => {
    const activity = createActivityLog({ clock: systemClock });
    const full: LocalApi = {
      send(_, receiver) {
        queueMicrotask(() => receiver.failed("TooManyCalls"));
        return { pause: () => undefined, resume: () => undefined, cancel: () => undefined };
      },
      close: () => Promise.resolve(),
    };
    const reply = await new Promise((replied) =>
      carryOut(
        {
          kind: "http_proxy",
          id: 7,
          request: { type: "http_proxy", method: "GET", path: "/", headers: {}, body_b64: "" },
          forwardable: false,
        },
        {
          api: full,
          basePath: "",
          context: { hostHeader: "a", forwardedHost: "b", forwardedProto: "http", device: "plaintext" },
          maxBodyBytes: 1000,
          maxMessageBytes: 1000,
          owner: {
            begin: ({ method, path }) =>
              activity.begin({ device: "plaintext", method, path, isWebSocket: false }),
            refusal: () => undefined,
            underWay: () => () => undefined,
            headers: (headers) => headers,
          },
        },
        (text) => replied(JSON.parse(String(text))),
      ),
    );
    expect(reply).toEqual({ type: "http_response", id: 7, error: "too_many_pending" });
  });
});

import { describe, expect, it } from "vitest";
import { createActivityLog } from "../activity/activity-log.ts";
import { systemClock } from "../clock.ts";
import type { FailureName } from "../local-proxy/failure-name.ts";
import type { LocalApi } from "../local-proxy/local-api.ts";
import { carryOut } from "./carry-out.ts";

/** What a client is told of a call that fails so. */
function replyTo(failure: FailureName): Promise<unknown> {
  const activity = createActivityLog({ clock: systemClock });
  const failing: LocalApi = {
    send(_, receiver) {
      queueMicrotask(() => receiver.failed(failure));
      return { pause: () => undefined, resume: () => undefined, cancel: () => undefined };
    },
    close: () => Promise.resolve(),
  };
  return new Promise((replied) =>
    carryOut(
      {
        kind: "http_proxy",
        id: 7,
        request: { type: "http_proxy", method: "GET", path: "/", headers: {}, body_b64: "" },
        forwardable: false,
      },
      {
        api: failing,
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
}

describe("a request of protocol 1", () => {
  it.each([
    ["TooManyCalls", "too_many_pending"],
    ["ReadTimeout", "http_proxy_failed:ReadTimeout"],
    ["RemoteProtocolError", "http_proxy_failed:RemoteProtocolError"],
    ["HeadersTooLarge", "http_proxy_failed:RemoteProtocolError"],
  ] as const)("that failed with %s is told so by a name that its clients know", async (failure, error) => {
    expect(await replyTo(failure)).toEqual({ type: "http_response", id: 7, error });
  });
});

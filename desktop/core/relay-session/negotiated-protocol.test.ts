import { describe, expect, it } from "vitest";
import type { NodeProtocol } from "../connector/connector.ts";
import type { OutageCode } from "../connector/outage.ts";
import { negotiatedProtocol } from "./negotiated-protocol.ts";

const speaking = (name: string): NodeProtocol => ({
  subprotocols: [name],
  address: new URL("ws://relay.example"),
  maxMessageBytes: 1,
  start: () => undefined,
});

/** What a node speaks after each of these outages, and how often it was told that it fell back. */
function spokenAfter(codes: readonly OutageCode[], allowed: boolean) {
  let falls = 0;
  const protocol = negotiatedProtocol({
    v2: speaking("v2"),
    v1: speaking("v1"),
    allowsPlaintext: () => allowed,
    fellBack: () => {
      falls += 1;
    },
  });
  const spoken = codes.map((code) => {
    const dialsAgain = protocol.dialsAgain?.({ code });
    return `${protocol.subprotocols}${dialsAgain ? " at once" : ""}`;
  });
  return { spoken, falls };
}

describe("which protocol a node speaks", () => {
  it.each(["relay_too_old", "relay_has_no_v2"] as const)("falls to version 1 for %s, if allowed", (code) => {
    expect(spokenAfter([code], true)).toEqual({ spoken: ["v1 at once"], falls: 1 });
    expect(spokenAfter([code], false)).toEqual({ spoken: ["v2"], falls: 0 });
  });

  it.each(["relay_refused", "relay_unreachable", "relay_closed", "id_in_use"] as const)(
    "stays version 2 for %s",
    (code) => {
      expect(spokenAfter([code], true)).toEqual({ spoken: ["v2"], falls: 0 });
    },
  );

  it("is version 2 again at each new connection, also when version 1 was refused", () => {
    expect(spokenAfter(["relay_too_old", "relay_refused", "relay_has_no_v2", "relay_closed"], true)).toEqual({
      spoken: ["v1 at once", "v2", "v1 at once", "v2"],
      falls: 2,
    });
  });
});

import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { memoryLinkPair } from "#shared/testing/memory-link.ts";
import { acceptChannel, type ChannelOpening } from "./accept-channel.ts";
import { HANDSHAKE_TIMEOUT_MS } from "./frame-inbox.ts";
import { FRAME, makeFrame } from "./frames.ts";
import { openSession } from "./open-session.ts";
import { pairByCode, pairByLink } from "./pair.ts";
import { NATIVE_BACKEND } from "./testing/backends.ts";
import {
  CLIENT_PAYLOAD,
  CODE,
  DEVICE_KEY,
  LINK_ROUTE,
  LINK_SECRET,
  NODE_KEY,
  NODE_PAYLOAD,
  offerOnce,
  settled,
} from "./testing/channels.ts";
import { ManualClock } from "./testing/manual-clock.ts";

describe("anything instead of a handshake", () => {
  const frame = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .tuple(fc.constantFrom(...Object.values(FRAME)), fc.uint8Array({ maxLength: 200 }))
      .map(([type, body]) => makeFrame(type, body)),
  );
  const frames = fc.array(frame, { minLength: 1, maxLength: 5 });

  it("gives a node no channel and never an exception", async () => {
    const kinds = fc.constantFrom("session", "link", "code");
    await fc.assert(
      fc.asyncProperty(kinds, frames, async (kind, sent) => {
        const [clientLink, nodeLink] = memoryLinkPair<Uint8Array>();
        const opening: ChannelOpening =
          kind === "session" ? { kind } : kind === "link" ? offerOnce("link") : offerOnce("code");
        const clock = new ManualClock();
        const hs2Payload = vi.fn(() => NODE_PAYLOAD);
        const node = acceptChannel({
          link: nodeLink,
          backend: NATIVE_BACKEND,
          clock,
          nodeKey: NODE_KEY,
          opening,
          hs2Payload,
        });
        for (const bytes of sent) clientLink.send(bytes);
        await settled();
        clock.advance(HANDSHAKE_TIMEOUT_MS);
        expect((await node).ok).toBe(false);
        expect(hs2Payload).not.toHaveBeenCalled();
      }),
      { numRuns: 200 },
    );
  });

  it("gives a client no channel and never an exception", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("session", "link", "code"), frames, async (kind, sent) => {
        const [clientLink, relayLink] = memoryLinkPair<Uint8Array>();
        const clock = new ManualClock();
        const common = { link: clientLink, backend: NATIVE_BACKEND, clock, deviceKey: DEVICE_KEY };
        const nodePublicKey = NODE_KEY.publicKey;
        const offer = { route: LINK_ROUTE, nodePublicKey, secret: LINK_SECRET };
        const client =
          kind === "session"
            ? openSession({ ...common, nodePublicKey })
            : kind === "link"
              ? pairByLink({ ...common, payload: CLIENT_PAYLOAD, offer })
              : pairByCode({ ...common, payload: CLIENT_PAYLOAD, code: CODE });
        for (const bytes of sent) relayLink.send(bytes);
        await settled();
        clock.advance(HANDSHAKE_TIMEOUT_MS);
        expect((await client).ok).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
